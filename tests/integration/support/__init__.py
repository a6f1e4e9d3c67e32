"""Harness of the integration tests: real services, real server processes, small clients."""

"""Measurements of whole servers on one machine, beside limits and peers: python3 bench/e2e."""

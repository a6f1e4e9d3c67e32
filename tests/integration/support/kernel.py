"""What this machine's kernel lets a process do."""
import ctypes
import errno
import os

_SYS_IO_URING_SETUP = 425  # the same number on every architecture
_PARAMS_BYTES = 120        # struct io_uring_params


def why_io_uring_is_refused():
    """None when io_uring works here, else the kernel's words (containers often forbid it)."""
    libc = ctypes.CDLL(None, use_errno=True)
    params = ctypes.create_string_buffer(_PARAMS_BYTES)
    descriptor = libc.syscall(_SYS_IO_URING_SETUP, 8, params)
    if descriptor >= 0:
        os.close(descriptor)
        return None
    number = ctypes.get_errno()
    return f"io_uring_setup: {errno.errorcode.get(number, number)} {os.strerror(number)}"

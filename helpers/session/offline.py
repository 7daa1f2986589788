"""A closed network: what COURSE_OFFLINE=1 means."""

import ipaddress
import socket
from collections.abc import Callable


def block_network() -> None:
    """Refuse every address but this machine's own, for Python's sockets in this process.

    The refusal is an OSError that begins "this run is offline". What does not go through Python's
    sockets, as the kernel's own channels, is not touched. Calling it twice does nothing more.
    """
    if hasattr(socket.getaddrinfo, "before_offline"):
        return
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name), _host_of_address))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _guarded(getattr(socket, name), lambda host, *args, **kwargs: host))


def _guarded(original: Callable, host_of: Callable) -> Callable:
    def guarded(*args, **kwargs):
        host = host_of(*args, **kwargs)
        if not _is_this_machine(host):
            why = f"{host} was asked for; with COURSE_OFFLINE=1 only this machine can be reached"
            raise OSError(f"this run is offline: {why}")
        return original(*args, **kwargs)

    guarded.before_offline = original
    return guarded


def _host_of_address(connection: socket.socket, *args) -> str | None:
    """The host in connect(address) or sendto(data, address); None for a socket in the file tree."""
    inet = connection.family in (socket.AF_INET, socket.AF_INET6)
    return args[-1][0] if inet and args and args[-1] and isinstance(args[-1], tuple) else None


def _is_this_machine(host: str | bytes | None) -> bool:
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if not name or name.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified

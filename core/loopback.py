"""Which addresses only this machine can reach."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether listening on `host`, an address or a name, is for this machine alone.

    A name counts when all it resolves to is loopback; one that does not resolve, and the empty one, which stands for
    every address, do not.
    """
    if not host:
        return False
    try:
        found = socket.getaddrinfo(host.removeprefix("[").removesuffix("]"), None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    return bool(found) and all(_is_loopback(str(address[0])) for *_, address in found)


def _is_loopback(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback

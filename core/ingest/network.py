"""Connections to public addresses only.

A host name is resolved once and the connection goes to an address that was checked, so a name server that gives
another answer the second time gains nothing. The check stands where connections are made: no redirect gets past it.
"""

import ipaddress
import socket
from collections.abc import Iterable

import httpcore

from core.errors import ImageError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LOWEST_32_BITS = 0xFFFFFFFF


class CheckedBackend(httpcore.NetworkBackend):
    """Opens TCP connections for httpcore, to addresses that is_public() allows."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers; ImageError "refused-address" when none is allowed."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(f"{host} is not known") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if addresses and not allowed:
            raise ImageError(
                f"The address {host} is refused.",
                "It leads to a private or local network.",
                "Set VITRINE_ALLOW_PRIVATE_URLS=yes to download from there.",
                code="refused-address",
            )
        return allowed


def is_public(address: str) -> bool:
    """Whether an IP address, or the IPv4 address wrapped in it, belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _embedded(ip)
    return _is_public(ip if inner is None else inner)


def _is_public(ip: IPAddress) -> bool:
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    unusable = ip.is_unspecified or getattr(ip, "is_site_local", False)
    return ip.is_global and not special and not unusable


def _embedded(ip: IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4 or NAT64 (Teredo is never public)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & LOWEST_32_BITS)
    return ip.ipv4_mapped or ip.sixtofour

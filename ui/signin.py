"""Sign-in to the dashboard, by whatever OpenID Connect provider the secrets name."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitSecretNotFoundError

from core.errors import ForbiddenError, InputError, VitrineError
from core.loopback import is_loopback
from core.settings import Settings
from ui.errors import plain, show_error

NO_SECRETS = "no-secrets-found"
PAGE_PX = 360


def signed_in() -> bool:
    """Whether the dashboard may be shown: somebody is signed in, or nobody needs to be; draws nothing."""
    try:
        return not _needs_sign_in() or _is_logged_in()
    except VitrineError:
        return False


def require_sign_in() -> bool:
    """Whether the dashboard may be shown; if not, the page says why or asks to sign in."""
    try:
        if not _needs_sign_in() or _is_logged_in():
            return True
        _sign_in_page(_providers(st.secrets["auth"]))
    except VitrineError as error:
        show_error(error)
    return False


def who() -> str:
    """E-mail or name of whoever is signed in, else ""."""
    if not _is_logged_in():
        return ""
    told = (st.user.get(claim) for claim in ("email", "preferred_username", "name", "sub"))
    return next((str(value) for value in told if value), "")


def account() -> None:
    """Who is signed in, with a way out; nothing where nobody is."""
    if _is_logged_in():
        with st.popover(plain(who()) or "Account", icon=":material/account_circle:", type="tertiary"):
            st.button("Sign out", icon=":material/logout:", on_click=st.logout)


def _needs_sign_in() -> bool:
    """Whether the secrets have an [auth] section.

    Secrets that cannot be read are an InputError, and so is a server that others can reach and nothing protects, for
    then the section may have been there a moment ago.
    """
    try:
        if "auth" in st.secrets:
            return True
    except StreamlitSecretNotFoundError as error:
        if error.error_id != NO_SECRETS:
            raise InputError(
                "The dashboard is closed: its secrets cannot be read.",
                "They say whether people have to sign in.",
                "Mend .streamlit/secrets.toml; the server's log tells where.",
            ) from error
    settings = Settings.load()
    if not settings.insecure and not is_loopback(settings.host):
        raise ForbiddenError(
            "The dashboard is closed: nobody can sign in.",
            f"It can be reached at {settings.host}, and no sign-in is configured.",
            "Give .streamlit/secrets.toml an [auth] section, as docs/access.md shows.",
        )
    return False


def _is_logged_in() -> bool:
    return st.user.get("is_logged_in") is True


def _providers(auth: Any) -> list[str | None]:
    """The names of the providers, None for the one without a name."""
    if not isinstance(auth, Mapping):
        return [None]
    named = [name for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value]
    return [*([None] if "client_id" in auth or not named else []), *named]


def _sign_in_page(providers: list[str | None]) -> None:
    """A heading and a button a provider."""
    with st.container(horizontal_alignment="center"), st.container(width=PAGE_PX):
        st.title("Vitrine")
        st.markdown("Sign in to see the collections.")
        for provider in providers:
            label = "Sign in" if provider is None else f"Sign in with {plain(provider)}"
            if st.button(label, icon=":material/login:", type="primary", width="stretch", key=f"sign in {provider}"):
                _sign_in(provider)


def _sign_in(provider: str | None) -> None:
    """Send the browser to the provider; what is wrong with the secrets is told."""
    try:
        st.login(provider)
    except StreamlitAuthError as error:
        raise InputError(
            "Signing in is not possible.", " ".join(str(error).split()), "Mend .streamlit/secrets.toml."
        ) from error

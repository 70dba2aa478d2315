"""The Duplicates page's parts: by what images count as the same, how strictly, which is kept, and the groups found."""

from collections.abc import Mapping, Sequence
from math import floor
from types import MappingProxyType

import streamlit as st

from core.collection.catalog import Catalog
from core.duplicates.found import Duplicates, Group, Member, groups
from core.duplicates.request import SCALES, DuplicatesRequest, How, Keep, duplicates_request
from core.errors import InputError
from core.query.recipe import All, OneOf, Recipe
from core.workspace import Workspace
from ui.details import show_details
from ui.duplicateacts import group_acts
from ui.gallery import Tile, gallery
from ui.looks import looks
from ui.places import EXPLORE
from ui.question import images, link_to, page_number, remember
from ui.results import more_like, tile
from ui.selection import selected_ids, turn_tables
from ui.words import number, plural

PAGE_GROUPS = 20
MOST_SHOWN = 12  # images of one group on the page
FEW = 3  # images of a group that shares its row with another one
MOST_LINKED = 200  # images that one link to Explore can name
WAYS = {How.IDENTICAL: "Identical", How.PHASH: "Looks alike", How.DHASH: "Same outlines", How.VECTOR: "Shows the same"}
KEEPS = {Keep.MOST_PIXELS: "with the most pixels", Keep.FIRST: "ingested first", Keep.LAST: "ingested last"}
EXPLAINED: Mapping[How, str] = MappingProxyType(
    {
        How.IDENTICAL: "The files are the same to the byte.",
        How.PHASH: "Compares coarse light and dark (pHash), not colours: finds pictures saved anew or scaled, and "
        "other things of the same shape. Look before you delete.",
        How.DHASH: "Compares where it grows lighter (dHash), not colours: stricter on detail, and as blind to what a "
        "picture shows. Look before you delete.",
        How.VECTOR: "Compares what the encoder sees: finds other photos of the same thing too. Look before you delete.",
    }
)


def asked_duplicates(where: All) -> DuplicatesRequest:
    """The request in the URL; what makes no sense there is as if it were left out."""
    how, keep = st.query_params.get("how", How.IDENTICAL), st.query_params.get("keep", Keep.MOST_PIXELS)
    keep = keep if keep in list(Keep) else Keep.MOST_PIXELS
    try:
        text = st.query_params.get("threshold")
        return duplicates_request(how, None if text is None else float(text), keep, where)
    except (InputError, ValueError):
        return duplicates_request(how if how in list(How) else How.IDENTICAL, None, keep, where)


def controls(asked: DuplicatesRequest) -> None:
    """How images are compared, how strictly, and which one is kept; kept in the URL."""
    with st.container(horizontal=True, vertical_alignment="top", key="duplicates"):
        _how_box(asked)
        if asked.how in SCALES:
            _threshold_box(asked)
        _keep_box(asked)
    st.caption(EXPLAINED[asked.how])


def _how_box(asked: DuplicatesRequest) -> None:
    def changed() -> None:
        how = st.session_state["how"] or How.IDENTICAL
        remember(how=None if how is How.IDENTICAL else how.value, threshold=None, page=None)

    st.session_state["how"] = asked.how
    st.segmented_control(
        "Count as the same", list(WAYS), format_func=WAYS.__getitem__, key="how", on_change=changed, required=True
    )


def _threshold_box(asked: DuplicatesRequest) -> None:
    scale = SCALES[asked.how]
    steps = round((scale.high - scale.low) / scale.step)
    options = sorted({round(scale.low + place * scale.step, 6) for place in range(steps + 1)} | {asked.threshold})

    def changed() -> None:
        chosen = st.session_state["threshold"]
        remember(threshold=None if chosen == scale.usual else f"{chosen:g}", page=None)

    st.session_state["threshold"] = asked.threshold
    st.select_slider(
        "At least this alike" if asked.how is How.VECTOR else "At most this different",
        options,
        format_func=lambda value: threshold_words(asked.how, value),
        key="threshold",
        on_change=changed,
        width=260,
    )


def _keep_box(asked: DuplicatesRequest) -> None:
    def changed() -> None:
        keep = st.session_state["keep"]
        remember(keep=None if keep is Keep.MOST_PIXELS else keep.value, page=None)

    st.session_state["keep"] = asked.keep
    st.selectbox(
        "Keep the one", list(KEEPS), format_func=KEEPS.__getitem__, key="keep", on_change=changed, width=210
    )  # fmt: skip


def threshold_words(how: How, value: float) -> str:
    """Such as “2 of 64 bits” and “0.99”."""
    if how is How.VECTOR:
        return f"{value:.3f}".rstrip("0").ljust(4, "0")
    return f"{value:g} of 64 bits"


def totals(found: Duplicates) -> str:
    """What stands beside the heading: how many images are in groups and how many could go."""
    if not found.groups:
        return f"{images(found.compared)} compared"
    return f"{images(found.images)}, {number(found.others)} could go"


def show_groups(workspace: Workspace, catalog: Catalog, name: str, found: Duplicates) -> None:
    """One page of the groups, each a wall of pictures with the kept one first."""
    pages = -(-found.groups // PAGE_GROUPS)
    page = min(page_number(), pages - 1)
    shown = groups(catalog, found, page * PAGE_GROUPS, PAGE_GROUPS, MOST_LINKED)
    workspace.read_ahead(name, catalog, [member.row for group in shown for member in group.members[:MOST_SHOWN]])
    for row in _rows(shown):
        places = st.columns(len(row)) if len(row) > 1 else [st.container()]
        for group, place in zip(row, places, strict=True):
            with place:
                _show_group(workspace, catalog, name, found.request, group)
    if pages > 1:
        _pager(page, pages, found.groups, len(shown))


def _rows(shown: Sequence[Group]) -> list[tuple[Group, ...]]:
    """Large groups one below the other, then small ones side by side."""
    large = [(group,) for group in shown if group.size > FEW]
    small = [group for group in shown if group.size <= FEW]
    return [*large, *(tuple(small[first : first + 2]) for first in range(0, len(small), 2))]


def _show_group(
    workspace: Workspace, catalog: Catalog, name: str, asked: DuplicatesRequest, group: Group
) -> None:  # fmt: skip
    look, kept = looks(catalog), group.kept.row.id
    with st.container(border=True, key=f"box {kept}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{images(group.size)}**{_contents(asked.how, group)}", width="content")
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                group_acts(workspace, name, asked, group)
                _explore_link(name, group)
        shown = group.members[:MOST_SHOWN]
        tiles = [_tile(workspace, name, member, look.captions, asked.how) for member in shown]
        chosen = selected_ids()
        event = gallery(tiles, key=f"wall {kept}", selected=chosen, tile_px=look.tile_px)
        if group.size > len(shown):
            st.caption(f"And {number(group.size - len(shown))} more. What is done with the group includes them.")
    if event.selected != chosen:
        st.session_state["selected"] = list(event.selected)
        turn_tables()
        st.rerun()
    if event.similar is not None:
        more_like(name, event.similar)
    if event.opened is not None:
        show_details(workspace, name, event.opened, [member.row.id for member in shown])


def _contents(how: How, group: Group) -> str:
    """In how many files a group of near ones comes, where some of them are the same."""
    if how is How.IDENTICAL or group.contents == group.size:
        return ""
    return f" · {plural(group.contents, 'different file')}"


def _explore_link(name: str, group: Group) -> None:
    if group.size <= MOST_LINKED:
        ids = tuple(member.row.id for member in group.members)
        link = link_to(Recipe(All((OneOf("id", ids),))), name)
        st.page_link(EXPLORE, label="Explore", icon=":material/filter_alt:", query_params=link)


def _tile(workspace: Workspace, name: str, member: Member, captions: Sequence[str], how: How) -> Tile:
    return tile(workspace, name, member.row, captions, nearness(member, how))


def nearness(member: Member, how: How) -> str:
    """What stands below a picture: that it is kept, or how far it is from the kept one."""
    size = f"{number(member.row.width)} × {number(member.row.height)}"
    if member.kept:
        return f"Kept · {size}"
    if how is How.IDENTICAL:
        return size
    if member.copy:
        return "Identical copy"
    if how is How.VECTOR:
        return f"{floor(1000 * (1 - member.distance)) / 1000:.3f} alike"
    return plural(int(member.distance), "bit") + " apart" if member.distance else "Same hash"


def _pager(page: int, pages: int, count: int, shown: int) -> None:
    first = page * PAGE_GROUPS + 1
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        for word, icon, to in (("Previous", "left", page - 1), ("Next", "right", page + 1)):
            if word == "Next":
                st.markdown(f"Groups {number(first)}–{number(first + shown - 1)} of {number(count)}", width="content")
            st.button(
                word,
                icon=f":material/chevron_{icon}:",
                icon_position="left" if icon == "left" else "right",
                disabled=not 0 <= to < pages,
                on_click=_turn_to,
                args=(to,),
            )


def _turn_to(page: int) -> None:
    remember(page=str(page + 1) if page > 0 else None)

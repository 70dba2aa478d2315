"""What to do where a collection's pictures are not of the kind its encoder knows."""

import shlex

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.domain import Answer, Verdict
from core.collection.vectors import embed_command
from core.encoders.facts import hub_facts
from core.encoders.registry import OWN
from core.operations.measuring import domain_verdict
from core.workspace import Workspace
from ui.errors import plain
from ui.words import bytes_, number, share

ADVISED = "clip-ViT-B-32"  # of the hub's encoders the quickest, for photographs of anything
MOST_VERDICTS = 64
FETCH = f"""python -c "from sentence_transformers import SentenceTransformer; \
SentenceTransformer('{ADVISED}').save('{ADVISED}')\""""


@st.cache_data(show_spinner=False, max_entries=MOST_VERDICTS)  # type: ignore[untyped-decorator]
def verdict_on(_workspace: Workspace, folder: str, name: str, version: int, weights: str) -> Verdict | None:
    """The verdict on one version of a collection; the folder, version and weights stand in the cache's key."""
    return domain_verdict(_workspace, name)


def show_domain_advice(workspace: Workspace, catalog: Catalog, name: str) -> None:
    """Say what was seen and lead to another encoder; nothing where the pictures are alike or too few."""
    made_by = catalog.encoder
    verdict = verdict_on(workspace, str(workspace.folder), name, catalog.version, made_by.fingerprint)
    if verdict is None or verdict.answer is not Answer.UNLIKE:
        return
    with st.container(border=True, key="domain-advice"):
        st.markdown(
            f":material/lightbulb: Many of these pictures look unlike what “{plain(made_by.name)}” was trained on "
            f"({plain(verdict.about)}), so searching by words will mean little here and look-alikes may be crude."
        )
        st.caption(evidence(verdict))
        with st.popover("Use another encoder", icon=":material/swap_horiz:"):
            show_way_on(workspace, name)


def evidence(verdict: Verdict) -> str:
    """The figures behind the verdict, in one line."""
    looked_at = f"{share(verdict.strange, verdict.sampled)} of the {number(verdict.sampled)} pictures looked at"
    fit = f"{looked_at} fit its words worse than 95% of its own pictures do."
    near = f"{verdict.near:.2f} here, {verdict.near_own:.2f} among as many of its own"
    return f"{fit} Median cosine to the nearest look-alike: {near}."


def show_way_on(workspace: Workspace, name: str) -> None:
    """The commands, for a machine with network and for one without."""
    embed = embed_command(name, ADVISED)
    facts = hub_facts(ADVISED)
    size = f", {bytes_(facts.size_mb * 1e6)}, fetched once" if facts and facts.size_mb else ""
    st.markdown(f"Make the vectors anew with {plain(ADVISED)}{size}:")
    command(embed)
    st.markdown("**Without network on this machine:** save it on one that has,")
    command(FETCH)
    st.markdown("copy that folder into the workspace,")
    command(f"mkdir -p {_encoders(workspace)}\ncp -r {ADVISED} {_encoders(workspace)}/")
    st.markdown("and make the vectors anew with the command above. To see what there is, and which is best here:")
    command(f"vitrine encoders\nvitrine evaluate --collection {name} --encoder {ADVISED}")


def command(text: str) -> None:
    """Something to type, letter for letter."""
    st.code(text, language="bash", wrap_lines=True)


def _encoders(workspace: Workspace) -> str:
    return shlex.quote(str(workspace.folder.absolute() / OWN))

"""What is wrong with files: each fault with its cure, and a button where one click cures it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.studies import uploads
from pages import _drafts as drafts
from pages import _layout as layout
from pages._cures import DROP, changes_in_words, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.studies.ingest import Fault
    from engine.studies.uploads import Received

MOST_NAMES = 200
DROPS, TRUSTS = {"drop_faulty": True}, {"trust_values": True}


def faults(found: Sequence[Fault], files: Sequence[Received]) -> None:
    """All of them.

    Parameters
    ----------
    found
        Of the files.
    files
        As their sender knows them.
    """
    from engine.studies.understood import faults_table

    count = f"{len(found)} fault" + "s" * (len(found) != 1)
    st.error(f"{count} must be mended before this is a study. Nothing was written.", icon=":material/error:")
    for number, fault in enumerate(found):
        _card(number, fault, files)
    _ways_round(found)
    st.download_button(
        "All faults, CSV",
        lambda: faults_table(found),
        "faults.csv",
        icon=":material/download:",
        key="study-faults",
        on_click="ignore",
        type="tertiary",
    )


def _ways_round(found: Sequence[Fault]) -> None:
    """What several faults have as a way round, once for all."""
    from engine.studies.ingest.faults import LEAVE_OUT, TRUST

    offered = [
        (DROP, "filter_alt", "drop", DROPS, LEAVE_OUT, "can be left out"),
        (
            "Trust the values",
            "verified",
            "trust",
            TRUSTS,
            TRUST,
            "can be trusted, if you know them to be right",
        ),
    ]
    for label, icon, key, changes, ending, what in offered:
        count = sum(fault.cure.endswith(ending) for fault in found)
        if not count:
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            whose = "What is faulty" if count == len(found) else f"What {count} of these faults name"
            st.markdown(f"{whose} {what}.", width="stretch")
            st.button(
                label, icon=f":material/{icon}:", key=f"study-{key}", on_click=drafts.apply, args=(changes,)
            )


def _card(number: int, fault: Fault, files: Sequence[Received]) -> None:
    what = layout.plain(uploads.with_names(fault.what, files))
    with st.container(border=True, gap="small"):
        st.markdown(f"**{what}**" + (f" :gray[{fault.count:,}]" if fault.names else ""))
        st.markdown(in_words(uploads.with_names(_own_cure(fault), files)))
        with st.container(horizontal=True, vertical_alignment="center"):
            if fault.changes and fault.changes != DROPS:
                st.button(
                    f"Set {layout.plain(changes_in_words(fault.changes))}",
                    icon=":material/build:",
                    key=f"study-apply-{number}",
                    on_click=drafts.apply,
                    args=(fault.changes,),
                )
            elif "cannot be read" in fault.what:
                _removes(number, fault, files)
            if fault.names:
                st.caption(layout.plain(f"Such as {', '.join(fault.examples)}"), width="content")
            if len(fault.names) > len(fault.examples):
                with st.popover(f"All {fault.count:,}", type="tertiary"):
                    more = fault.count - MOST_NAMES
                    text = ", ".join(fault.names[:MOST_NAMES])
                    st.text(text + (f" and {more:,} more; the table has them all" if more > 0 else ""))


def _own_cure(fault: Fault) -> str:
    """Its cure without the ways round that are offered once for all."""
    from engine.studies.ingest.faults import LEAVE_OUT, TRUST

    return fault.cure.removesuffix(LEAVE_OUT).removesuffix(TRUST).strip()


def _removes(number: int, fault: Fault, files: Sequence[Received]) -> None:
    for file in files:
        if str(file.path) in fault.what:
            st.button(
                f"Remove {layout.plain(file.name)}",
                icon=":material/close:",
                key=f"study-apply-{number}",
                on_click=drafts.leave,
                args=(file.path,),
            )

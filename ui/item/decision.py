"""The decision: what was claimed, what stands, and one key for a verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Literal

import streamlit as st

from ui import session, shortcuts, told
from ui.item import claim, draft, evidence, grounds, remarks
from ui.item.shown import Shown, kin, other_name
from ui.item.worklist import place_of
from ui.parts import VERDICT_ICONS, ago
from ui.plain import markdown_safe, name_of, shortened
from verify import VERDICTS, Decision, RefusedStatement

REFUSAL: Final = "refusal"
"""Key of the session: the form that was refused, and the sentence that says why."""

GIVEN: Final = "given"
"""Key of the session: verdicts given here and not undone, as (item, sequence), the latest last."""

KEYS: Final = {
    "verified": shortcuts.VERIFIED,
    "unverified": shortcuts.UNVERIFIED,
    "misattributed": shortcuts.MISATTRIBUTED,
}

NAME_LENGTH: Final = 40

SUGGESTIONS: Final = 2
"""Verdicts on copies that are shown; more are counted."""

WATCH_SECONDS: Final = 15
"""How often an open item is looked at for verdicts of others."""


def show(shown: Shown) -> None:
    """Draw the panel."""
    with st.container(key="decision", gap="small"):
        claim.show(shown)
        _standing(shown)
        _suggested(shown)
        _watch(shown)
        if session.reviewer():
            _form(shown)
        else:
            session.ask_for_name()


def _standing(shown: Shown) -> None:
    case = shown.case
    if case.decision is None:
        st.markdown(":material/radio_button_unchecked: not reviewed")
    else:
        st.markdown(_said(case.decision))
    if case.decision and (lines := _grounds(case.decision)):
        st.caption("  \n".join(map(markdown_safe, lines)))
    if case.conflicting:
        others = "; ".join(_said(one) for one in case.conflicting)
        st.warning(
            f"Contested: {others}. Both are in the log. Decide again, having seen both, or undo yours.",
            icon=":material/balance:",
        )
    if case.in_discussion:
        st.caption(":material/forum: open for discussion")
    if case.assigned_to:
        st.caption(f":material/person: assigned to {markdown_safe(case.assigned_to)}")


def _grounds(decision: Decision) -> list[str]:
    """Return what the verdict rests on, in lines of plain text."""
    established = decision.established
    facts = (established.source, established.date, established.place, established.event)
    earlier = decision.earlier_copy
    copy = f"earlier copy: {name_of(session.archive().item(earlier))}" if earlier else ""
    sure = "; ".join(
        f"{name} {pillar.confidence}{f' ({pillar.note})' if pillar.note else ''}"
        for name, pillar in established.pillars.items()
    )
    rests_on = [f"{n}. {told.line(one)}" for n, one in enumerate(decision.evidence, 1)]
    lines = (decision.true_context, " · ".join(filter(None, facts)), copy, sure, *rests_on, decision.note)
    return [line for line in lines if line]


def _said(decision: Decision) -> str:
    """Return who decided what and when, as Markdown."""
    when = ago(decision.at, datetime.now(UTC))
    icon = VERDICT_ICONS[decision.verdict]
    return f":material/{icon}: **{decision.verdict}** by {markdown_safe(decision.by)}, {when}"


@st.fragment(run_every=WATCH_SECONDS)
def _watch(shown: Shown) -> None:
    """Tell what someone else decided while the item is on the screen."""
    decision = session.archive().case(shown.sha256).decision
    drawn = shown.case.decision
    if decision is None or decision.sequence <= shown.case.version or decision == drawn:
        return
    st.info(f"Meanwhile: {_said(decision)}.", icon=":material/group:")


def _suggested(shown: Shown) -> None:
    """Say what was decided about copies of it; a suggestion, never applied by itself."""
    if shown.case.decision is not None:
        return
    names = {match.item: other_name(match) for match in shown.copies}
    related = [item for item in kin(shown.sha256) if item not in shown.case.refused]
    cases = session.archive().cases(related)
    suggested = [(item, case.decision) for item, case in cases.items() if case.decision is not None]
    for item, decision in suggested[:SUGGESTIONS]:
        name = markdown_safe(shortened(names.get(item) or name_of(session.archive().item(item)), NAME_LENGTH))
        context = f" {markdown_safe(decision.true_context)}" if decision.true_context else ""
        st.caption(f"Suggested, as decided of its copy {name}: {_said(decision)}.{context}")
    if len(suggested) > SUGGESTIONS:
        st.caption(f"{len(suggested) - SUGGESTIONS} more copies of it were decided.")


def _form(shown: Shown) -> None:
    form = draft.key_of(shown.sha256, "verdict")
    own = evidence.own_verdict(shown)
    with st.container(horizontal=True, gap="xsmall", key="verdicts"):
        for verdict in VERDICTS:
            st.button(
                verdict.capitalize(),
                # A press that comes late belongs to the item that was on the screen, not to the next one.
                key=f"give_{verdict}_{shown.sha256[:12]}",
                icon=f":material/{VERDICT_ICONS[verdict]}:",
                shortcut=KEYS[verdict],
                width="stretch",
                on_click=_give,
                args=(shown, verdict, form),
            )
    refused, why = st.session_state.get(REFUSAL, ("", ""))
    if refused == form:
        st.warning(markdown_safe(why), icon=":material/edit_note:")
    grounds.fields(shown, form)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        _undo_button(own, shown.sha256)
        remarks.show(shown)


def _give(shown: Shown, verdict: Literal["verified", "unverified", "misattributed"], form: str) -> None:
    """Record the verdict and go on; a refusal and a contrary verdict are told where they are."""
    try:
        marked = session.archive().mark(
            shown.sha256,
            verdict,
            by=session.reviewer(),
            seen_version=shown.case.version,
            key=form,
            **grounds.read(shown, form),
        )
    except RefusedStatement as refusal:
        st.session_state[REFUSAL] = (form, str(refusal))
        return
    draft.drop(shown.sha256)
    st.session_state.pop(REFUSAL, None)
    given = st.session_state.setdefault(GIVEN, [])
    if (shown.sha256, marked.event.sequence) not in given:
        given.append((shown.sha256, marked.event.sequence))
    meanwhile = marked.meanwhile
    if meanwhile is not None:
        st.toast(f"Meanwhile: {_said(meanwhile)}", icon=":material/group:", duration="long")
    if meanwhile is None or meanwhile.verdict == verdict:
        _move_on(shown, verdict)


def _move_on(shown: Shown, verdict: str) -> None:
    name = markdown_safe(shortened(shown.name, NAME_LENGTH))
    following = place_of(shown.sha256).following
    last = "" if following else " That was the last item."
    st.toast(
        f"**{verdict}**: {name}.{last} {shortcuts.UNDO} undoes.", icon=f":material/{VERDICT_ICONS[verdict]}:"
    )
    if following:
        st.query_params["item"] = following


def _keep_words(item: str, withdrawn: Decision | None) -> None:
    """Fill the form with what a withdrawn verdict said, unless something newer is in it."""
    empty, words = grounds.stated_in(None), grounds.stated_in(withdrawn)
    said = {name: word for name, word in words.items() if word != empty[name]}
    if withdrawn and withdrawn.evidence:
        said[evidence.NAME] = {str(number): one for number, one in enumerate(withdrawn.evidence)}
    newer = draft.of(item)
    draft.drop(item)
    for name, word in (said | newer).items():
        draft.keep(item, name, word)


def _undo_button(own: Decision | None, sha256: str) -> None:
    """Draw the undo of the last verdict given here, or of the reviewer's own that stands."""
    st.button(
        "Undo last verdict",
        key="undo",
        icon=":material/undo:",
        shortcut=shortcuts.UNDO,
        type="tertiary",
        on_click=_undo,
        args=(len(st.session_state.get(GIVEN, [])), (sha256, own.sequence) if own else None),
    )


def _undo(known: int, own: tuple[str, int] | None) -> None:
    """Withdraw a verdict by a new event, and show its item.

    `known` is how many verdicts there were to undo when the button was drawn: pressed twice, it acts once,
    and pressed before the next item is drawn, it finds the verdict just given.
    """
    given = st.session_state.get(GIVEN, [])
    last = given[-1] if given else own
    if len(given) < known:
        return
    if last is None:
        st.toast("There is no verdict of yours to undo here.")
        return
    item, sequence = last
    archive = session.archive()
    case = archive.case(item)
    withdrawn = next(
        (one for one in (case.decision, *case.conflicting) if one and one.sequence == sequence), None
    )
    try:
        archive.withdraw(item, by=session.reviewer(), given=sequence, key=f"withdraw-{sequence}")
    except RefusedStatement as refusal:
        st.toast(markdown_safe(str(refusal)))
    else:
        name = markdown_safe(shortened(name_of(archive.item(item)), NAME_LENGTH))
        st.toast(f"Withdrawn: {name}. The log keeps both lines.", icon=":material/undo:")
        _keep_words(item, withdrawn)
    st.session_state[GIVEN] = given[:-1]
    st.query_params["item"] = item

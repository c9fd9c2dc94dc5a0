"""What people asked: their own word on answers, open questions in groups, wordings that expire."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from isobot.actions.curating.rights import NOT_YOURS
from isobot.clock import vietnam_day
from isobot.domain.curation import TOLD_FOR, Editor
from isobot.errors import Refusal
from isobot.storage import questions, records, retention
from isobot.storage.store import Store
from knowledge import grouping
from knowledge.grouping import QuestionGroup

LOOKED_BACK = timedelta(days=180)
"""Questions older than this are not brought to a curator any more."""
KEPT_TOLD = TOLD_FOR + timedelta(days=35)
_EXPIRED_ON = "questions_expired_on"


async def expire(store: Store, *, question_days: int, message_days: int) -> int:
    """Let old wordings of questions and messages go, once a day; returns how many questions went."""
    today = vietnam_day(store.now).isoformat()
    if await records.get_meta(store.connection, _EXPIRED_ON) == today:
        return 0
    await records.set_meta(store.connection, _EXPIRED_ON, today)
    await retention.expire_messages(store.connection, before=store.now - timedelta(days=message_days))
    return await questions.prune(
        store.connection,
        texts_before=store.now - timedelta(days=question_days),
        told_before=store.now - KEPT_TOLD,
    )


async def say_helpful(store: Store, *, chat_key: str, ref: str, helpful: bool) -> None:
    """Keep the asker's own word on an answer.

    Raises:
        Refusal: the question is not of this chat, or is gone.
    """
    if not await questions.set_helpful(store.connection, ref, chat_key=chat_key, helpful=helpful):
        raise Refusal("Câu trả lời đó đã qua lâu rồi, tôi không ghi nhận được nữa.")


async def groups_for(
    store: Store, editor: Editor, provinces_named: Callable[[str], Sequence[str]]
) -> list[QuestionGroup]:
    """Return the groups of open questions that an editor may answer, the most wanted first.

    Questions without a province are everybody's.
    """
    asked = await questions.open_questions(store.connection, since=store.now - LOOKED_BACK)
    groups = grouping.group_questions(asked, provinces_named, now=store.now)
    return [g for g in groups if not g.scope or editor.may_change(g.scope)]


async def dismiss(store: Store, editor: Editor, group: QuestionGroup) -> None:
    """Take a group off the list without an answer.

    Raises:
        Refusal: the group is of another province.
    """
    if group.scope and not editor.may_change(group.scope):
        raise Refusal(NOT_YOURS)
    refs = [q.ref for q in group.questions]
    await questions.settle(store.connection, refs, how=f"dismissed by {editor.key}"[:80])

"""The log of answers and the live cards, on both databases."""

from datetime import date, timedelta

from isobot.domain.curation import (
    CardVersion,
    Confirmation,
    ProposalKind,
    ProposalStatus,
    Replacement,
)
from isobot.storage import curation, questions


def asked(clock, *, ref, chat="web:1", text="xã nộp báo cáo muộn", outcome="refused"):
    return questions.question_row(
        ref=ref,
        chat_key=chat,
        province="thanh-hoa",
        text=text,
        outcome=outcome,
        topic="bao-cao-ky",
        cards=["th-bao-cao-ky"],
        at=clock.now(),
    )


def told(clock, *, chat="web:1", card="th-bao-cao-ky", document="thanh-hoa"):
    return questions.telling_row(chat_key=chat, card=card, document=document, at=clock.now())


def version(clock, number, answer):
    return CardVersion(
        card="th-bao-cao-ky",
        version=number,
        record={"id": "th-bao-cao-ky", "answer": answer},
        before=None,
        author="person 1",
        approver="person 2",
        why="rõ hơn",
        at=clock.now(),
        review_by=date(2028, 5, 20),
    )


def mark(clock, by="Quyết định 99/QĐ-UBND"):
    return Replacement("thanh-hoa", by, date(2027, 5, 1), "văn bản mới", "person 1", "person 2", clock.now())


async def open_refs(database, clock):
    async with database.read() as connection:
        since = clock.now() - timedelta(days=30)
        return [q.ref for q in await questions.open_questions(connection, since=since)]


async def test_refused_and_disliked_questions_stay_open_until_settled(database, clock):
    rows = [
        asked(clock, ref="r1"),
        asked(clock, ref="r2", outcome="answered"),
        asked(clock, ref="r3", outcome="answered"),
        asked(clock, ref="r4", outcome="clarify"),
    ]
    async with database.write() as connection:
        await questions.log(connection, rows, [])
        assert await questions.set_helpful(connection, "r2", chat_key="web:1", helpful=False)
        assert await questions.set_helpful(connection, "r3", chat_key="web:1", helpful=True)
        assert not await questions.set_helpful(connection, "r3", chat_key="web:2", helpful=False)
    assert await open_refs(database, clock) == ["r1", "r2"]

    async with database.write() as connection:
        first = await questions.settle(connection, ["r1", "r2"], how="card x")
        again = await questions.settle(connection, ["r1", "r2"], how="card y")

    assert (sorted(first), again) == (["r1", "r2"], [])
    assert await open_refs(database, clock) == []


async def test_old_wordings_go_and_their_outcomes_stay(database, clock):
    async with database.write() as connection:
        await questions.log(connection, [asked(clock, ref="r1")], [told(clock)])
        later = clock.now() + timedelta(days=1)
        early = await questions.prune(connection, texts_before=clock.now(), told_before=clock.now())
        gone = await questions.prune(connection, texts_before=later, told_before=later)
        kept = await questions.questions_of(connection, ["r1"])
        left = await questions.told(connection, "thanh-hoa", since=clock.now() - timedelta(days=365))

    assert (early, gone) == (0, 1)
    assert (kept[0].text, kept[0].outcome) == ("", "refused")
    assert left == []


async def test_who_was_told_what_is_known_once_a_card_with_the_latest_moment(database, clock):
    first = clock.now()
    rows = [told(clock), told(clock, chat="web:2"), told(clock, document="kon-tum")]
    clock.pass_by(timedelta(days=3))
    async with database.write() as connection:
        await questions.log(connection, [], [*rows, told(clock), told(clock, card="")])
        found = await questions.told(connection, "thanh-hoa", since=first)
        recent = await questions.told(connection, "thanh-hoa", since=first + timedelta(days=1))

    assert [(t.chat_key, t.card, t.at == clock.now()) for t in found] == [
        ("web:1", "", True),
        ("web:1", "th-bao-cao-ky", True),
        ("web:2", "th-bao-cao-ky", False),
    ]
    assert {t.chat_key for t in recent} == {"web:1"}


async def test_a_forgotten_chat_leaves_no_question_and_no_answer(database, clock):
    async with database.write() as connection:
        rows = [asked(clock, ref="r1"), asked(clock, ref="r2", chat="web:2")]
        await questions.log(connection, rows, [told(clock), told(clock, chat="web:2")])
        await questions.forget(connection, ["web:1"])
        left = await questions.told(connection, "thanh-hoa", since=clock.now() - timedelta(days=1))
        (blank,) = await questions.questions_of(connection, ["r1"])

    assert [t.chat_key for t in left] == ["web:2"]
    assert (blank.text, blank.chat_key) == ("", "")
    assert await open_refs(database, clock) == ["r2"]


async def test_a_proposal_is_decided_once(database, clock):
    async with database.write() as connection:
        number = await curation.add_proposal(
            connection,
            kind=ProposalKind.CARD,
            target="th-moi",
            scope="thanh-hoa",
            record={"id": "th-moi", "asks": ["một", "hai"]},
            before=None,
            base=0,
            refs=["r1"],
            author="person 1",
            author_person=1,
            why="có người hỏi",
            at=clock.now(),
        )
        (waiting,) = await curation.waiting_proposals(connection)
        decide = {"by": "person 2", "at": clock.now()}
        first = await curation.decide(connection, number, status=ProposalStatus.APPROVED, **decide)
        second = await curation.decide(connection, number, status=ProposalStatus.RETURNED, **decide)
        found = await curation.proposal(connection, number)

    assert (waiting.record["asks"], waiting.questions) == (["một", "hai"], ("r1",))
    assert (first, second) == (True, False)
    assert found.status is ProposalStatus.APPROVED
    assert found.decided_by == "person 2"


async def test_every_wording_is_kept_and_the_newest_is_live(database, clock):
    async with database.write() as connection:
        assert await curation.edition(connection) == ""
        await curation.add_version(connection, version(clock, 1, "tháng 5"))
        once = await curation.edition(connection)
        await curation.add_version(connection, version(clock, 2, "tháng 5 và tháng 10"))
        overlay = await curation.load_overlay(connection)
        history = await curation.versions_of(connection, "th-bao-cao-ky")

    assert [v.record["answer"] for v in overlay.versions] == ["tháng 5 và tháng 10"]
    assert [v.version for v in history] == [1, 2]
    assert len({"", once, overlay.edition}) == 3


async def test_a_mark_freezes_until_a_confirmation_and_a_new_mark_freezes_again(database, clock):
    async def freezing():
        async with database.read() as connection:
            overlay = await curation.load_overlay(connection)
        return overlay.freezing("th-bao-cao-ky", ["thanh-hoa"])

    async with database.write() as connection:
        await curation.add_replacement(connection, mark(clock))
    assert (await freezing()).by == "Quyết định 99/QĐ-UBND"

    clock.pass_by(timedelta(hours=1))
    async with database.write() as connection:
        confirmed = Confirmation("th-bao-cao-ky", "thanh-hoa", "person 1", "giữ nguyên", clock.now())
        await curation.add_confirmation(connection, confirmed)
    assert await freezing() is None

    clock.pass_by(timedelta(hours=1))
    async with database.write() as connection:
        await curation.add_replacement(connection, mark(clock, by="Quyết định 100/QĐ-UBND"))
    assert (await freezing()).by == "Quyết định 100/QĐ-UBND"

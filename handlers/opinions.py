"""What an asker thinks of an answer (đúng ý, chưa đúng)."""

from isobot.actions import curating
from isobot.chat.turn import Turn
from isobot.domain.messages import Choice
from isobot.domain.text import fold
from isobot.errors import Refusal

YES, NO = "Đúng ý", "Chưa đúng"
THANKS = "Cảm ơn anh/chị đã cho biết."
PASSED_ON = (
    "Cảm ơn anh/chị. Tôi đã chuyển câu này cho người biên tập xem lại; có câu trả lời tốt hơn tôi sẽ báo. "
    "Trong lúc chờ, anh/chị thử hỏi bằng cách khác."
)
WHICH_ONE = "Anh/chị nói về câu trả lời nào? Anh/chị bấm hoặc gõ ngay dưới câu đó, hoặc gõ lại câu hỏi."


def choices(ref: str) -> tuple[Choice, Choice]:
    """Offer to say whether an answer was what was meant; typed as words, so that numbers stay free."""
    return (
        Choice(f"qa:ok:{ref}", YES, lasting=True, by_word=True),
        Choice(f"qa:no:{ref}", NO, lasting=True, by_word=True),
    )


def said_alone(text: str) -> bool:
    """Tell whether a text is one of these words, with no answer it could belong to."""
    return fold(text).strip(" .!") in (fold(YES), fold(NO))


async def take(turn: Turn, opinion: str, ref: str) -> None:
    """Keep an opinion."""
    try:
        await curating.say_helpful(
            turn.store, chat_key=turn.conversation.chat_key, ref=ref, helpful=opinion == "ok"
        )
    except Refusal as refusal:
        turn.say(str(refusal))
        return
    turn.say(THANKS if opinion == "ok" else PASSED_ON)

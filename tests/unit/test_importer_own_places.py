"""What a document says of its own places and years, set beside the document."""

from knowledge.importer.importing import import_text

PLAN = """KẾ HOẠCH
Trồng cây bóng mát giai đoạn 2022-2024

I. MỤC TIÊU
1. Đến năm 2023 trồng xong đường lớn.
2. {goal}
II. NHIỆM VỤ
1. Chăm sóc và tưới cây xanh của các tổ dân phố
2. Mua phân bón và dụng cụ
III. TỔ CHỨC THỰC HIỆN
1. {duty}
"""


def doubts(goal: str = "Giữ cây sống.", duty: str = "Các tổ tự làm.") -> list[tuple[int, str, str, str]]:
    found = import_text(PLAN.format(goal=goal, duty=duty)).doubts
    return [(d.line, d.text, d.why, d.suggestion) for d in found if d.line > 1]


def test_a_goal_after_the_period_of_the_title_is_doubted():
    assert doubts(goal="Đến hết năm 2025 trồng xong mọi ngõ.") == [
        (6, "Đến hết năm 2025", "năm sau giai đoạn 2022-2024 ở tên văn bản", "")
    ]


def test_a_year_of_another_plan_is_not_doubted():
    assert doubts(goal="Theo chương trình giai đoạn 2021-2025 của thành phố.") == []


def test_a_place_that_does_not_exist_is_doubted():
    assert doubts(duty="Làm theo khoản 7, Mục II của Kế hoạch này.") == [
        (11, "khoản 7, Mục II", "văn bản không có mục này", "")
    ]


def test_a_sentence_on_another_place_than_it_names_is_doubted():
    told = "Các tổ chăm sóc và tưới cây xanh theo khoản 2, Mục II của Kế hoạch này."
    assert doubts(duty=told) == [
        (11, "khoản 2, Mục II", "câu nói việc của một mục khác với mục được dẫn", "II.1")
    ]


def test_a_sentence_on_the_place_it_names_is_right():
    assert doubts(duty="Các tổ chăm sóc và tưới cây xanh theo khoản 1, Mục II của Kế hoạch này.") == []

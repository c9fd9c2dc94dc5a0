"""What officers ask of a document itself, in every way they type: the aspect asked for, with its place."""

import pytest

from knowledge.about_documents import AboutDocuments
from knowledge.answer import Answer, Asker, Outcome

SHORT = 520
"""Characters of an answer on one aspect with its source; never the long story."""

TH, KT, HN, KG, TQ = "thanh-hoa", "kon-tum", "ha-nam", "kien-giang", "tuyen-quang"
QD19, QD144, QD118 = "19/2014/QĐ-TTg", "144/2006/QĐ-TTg", "118/2009/QĐ-TTg"
TT26, TT116, TT159 = "26/2014/TT-BKHCN", "116/2015/TT-BTC", "159/2010/TT-BTC"


def places(answer: Answer) -> list[tuple[str, str]]:
    return [(c.document.key, c.section) for c in answer.citations]


ASKED = [
    # --- replaced by, replaces, still usable ---
    ("QĐ 19/2014 ra đời thì mấy quyết định cũ nào của Thủ tướng bị bãi bỏ?", None,
     ["144/2006", "118/2009"], (QD19, "Điều 15")),
    ("tu ngay qd 19/2014 co hieu luc nhung quyet dinh nao khong con ap dung", None,
     ["144/2006", "118/2009"], (QD19, "Điều 15")),
    ("tt 26/2014 thay cac thong tu nao vay", None, ["01/2010", "09/2011", "27/2011"], (TT26, "Điều 44")),
    ("Thông tư 116 bãi bỏ thông tư nào trước đó?", None, ["159/2010"], (TT116, "Điều 6")),
    ("qđ 118/2009 h còn xài đc k", None, ["thay thế", "19/2014"], (QD19, "Điều 15")),
    ("Thông tư 159/2010/TT-BTC bây giờ còn viện dẫn được nữa không ạ?", None,
     ["116/2015", "26/10/2015"], (TT116, "Điều 6")),
    ("tt 09/2011 con gia tri ko", None, ["26/2014"], (TT26, "Điều 44")),
    ("Em đang soạn tờ trình, thấy mẫu cũ ghi Quyết định 144/2006. Giờ còn dùng làm căn cứ được không?", None,
     ["19/2014"], (QD19, "Điều 15")),
    ("qd 144 bi van ban nao thay the", None, ["19/2014/QĐ-TTg", "18/5/2014"], (QD19, "Điều 15")),
    ("Quyết định 144/2006/QĐ-TTg hết hiệu lực từ ngày nào?", None, ["18/5/2014"], (QD19, "Điều 15")),
    ("thong tu 159/2010 het hieu luc khi nao", None, ["26/10/2015"], (TT116, "Điều 6")),
    ("NĐ 13/2023 còn hiệu lực không?", None, ["356/2025"], ("13/2023/NĐ-CP", "Tên văn bản")),
    ("cái quyết định 118 hồi 2009 giờ còn tác dụng gì không", None, ["19/2014"], (QD19, "Điều 15")),
    ("thông tư 116 lấy thay cho cái nào", None, ["159/2010"], (TT116, "Điều 6")),
    ("qđ 474 hết hiệu lực khi nào", None, ["chưa xác minh"], (KT, "Điều 1 mục IV.1")),
    ("tt 26/2014 het hieu luc ngay nao", None, ["chưa xác minh"], (TT26, "Điều 44")),
    # --- amends, details ---
    ("qđ 118/2009 sửa đổi cho quyết định nào thế", None, ["144/2006"], (QD118, "Tên văn bản")),
    ("Quyết định 144/2006 được sửa đổi bởi quyết định nào?", None, ["118/2009"], (QD118, "Tên văn bản")),
    ("thong tu 09/2011 sua doi thong tu nao", None, ["01/2010"], ("09/2011/TT-BKHCN", "Tên văn bản")),
    ("thông tư nào hướng dẫn thi hành QĐ 19/2014 của Thủ tướng?", None,
     ["26/2014/TT-BKHCN"], (TT26, "Điều 1")),
    ("TT 26/2014 quy định chi tiết quyết định nào ạ", None, ["19/2014"], (TT26, "Điều 1")),
    ("bo khcn co thong tu nao giai thich ro hon cho qd 19/2014", None, ["26/2014"], (TT26, "Điều 1")),
    ("van ban nao cu the hoa qd 19/2014", None, ["26/2014"], (TT26, "Điều 1")),
    # --- edition ---
    ("QĐ 144/2006 viết cho 9001 bản mấy?", None, ["9001:2000"], (QD144, "Tên văn bản")),
    ("tt 159/2010 theo phien ban iso nao", None, ["9001:2008"], (TT159, "Tên văn bản")),
    ("tieu de thong tu 116/2015 ghi ban iso nao", None, ["9001:2008"], (TT116, "Tên văn bản")),
    ("Chỉ thị của Hà Nam áp dụng phiên bản nào?", None, ["9001:2000"], (HN, "Tên văn bản")),
    ("ke hoach 05 dung iso 9001 nam nao", None, ["9001:2008"], (TQ, "Tên văn bản")),
    ("Quyết định 4775 viết theo phiên bản 2008 phải không?", None,
     ["2015", "Không phải"], (TH, "Tên văn bản")),
    ("kế hoạch này theo bản iso nào", KT, ["9001:2015"], (KT, "Tên văn bản")),
    ("Trong QĐ 19/2014 câu nào cho phép chuyển lên bản 2015?", None,
     ["soát xét", "Bộ Khoa học và Công nghệ"], (QD19, "Điều 4")),
    # --- signer, issuer, number, day ---
    ("sếp nào ký QĐ 474 của Kon Tum", None, ["Nguyễn Văn Hòa"], (KT, "Chữ ký")),
    ("ke hoach cua tinh tuyen quang nam 2011 do ai ky", None, ["Đỗ Văn Chiến"], (TQ, "Chữ ký")),
    ("người ký kế hoạch này là ai", KG, ["Nguyễn Lưu Trung"], (KG, "Chữ ký")),
    ("Quyết định của tỉnh mình ai ký vậy?", TH, ["không nêu tên", "chưa xác minh"], (TH, "Chữ ký")),
    ("ai đứng tên ký chỉ thị 02/2007", None, ["không nêu người ký"], (HN, "Hiệu lực thi hành")),
    ("thông tư 116/2015 do bộ nào ban hành", None, ["Bộ Tài chính"], (TT116, "Tên văn bản")),
    ("qd 101/qd-bkhcn co quan nao ban hanh", None,
     ["Bộ Khoa học và Công nghệ"], ("101/QĐ-BKHCN", "Tên văn bản")),
    ("QĐ 19/2014 do Bộ KHCN ban hành phải không", None, ["Thủ tướng Chính phủ"], (QD19, "Tên văn bản")),
    ("ngày ban hành thông tư 26/2014", None, ["10/10/2014"], (TT26, "Tên văn bản")),
    ("QĐ 2968 ký hôm nào", None, ["29/12/2010"], ("2968/QĐ-BKHCN", "Tên văn bản")),
    ("quyetdinh 4775 ban hanh ngay may", None, ["29/11/2021"], (TH, "Phụ lục")),
    ("kế hoạch của kiên giang ký ngày nào", None, ["4/3/2021", "chưa xác minh"], (KG, "Phụ lục")),
    ("chi thi cua ha nam ra doi khi nao", None, ["09/4/2007"], (HN, "Tên văn bản")),
    ("CV 419 của Bộ KHCN ra ngày nào và về việc gì?", TH, ["21/2/2018", "lộ trình"], (TH, "Căn cứ ban hành")),
    ("Quyết định 474 ban hành ngày 20/7/2020 phải không?", None,
     ["Không phải ngày 20/7/2020", "10/7/2020"], (KT, "Tên văn bản")),
    ("ke hoach cua tinh minh so may", KG, ["không rõ", "chưa xác minh"], (KG, "Phụ lục")),
    ("số quyết định phê duyệt kế hoạch của tỉnh mình", TH, ["4775/QĐ-UBND"], (TH, "Tên văn bản")),
    ("QĐ 4775 là của tỉnh nào", None, ["UBND tỉnh Thanh Hóa"], (TH, "Tên văn bản")),
    ("QĐ 474 do UBND tỉnh hay Chủ tịch ban hành", None, ["Chủ tịch UBND tỉnh"], (KT, "Tên văn bản")),
    # --- in force ---
    ("chỉ thị 02 có hiệu lực từ bao giờ", HN, ["10 ngày", "19/4/2007"], (HN, "Hiệu lực thi hành")),
    ("QĐ 4775 bắt đầu áp dụng từ khi nào thế ạ", None, ["29/11/2021"], (TH, "Điều 3")),
    ("khi nao tt 116/2015 co hieu luc", None, ["26/10/2015"], (TT116, "Điều 6")),
    ("Thông tư 26/2014 có hiệu lực từ 10/10/2014 phải không?", None,
     ["Không phải ngày 10/10/2014", "01/12/2014"], (TT26, "Điều 44")),
    ("hiệu lực kế hoạch 05 tính từ hôm nào", None, ["không ghi ngày có hiệu lực"], (TQ, "Tên văn bản")),
    # --- what it rests on, and what rests on it ---
    ("QĐ 4775 căn cứ thông tư nào của Bộ Tài chính?", None, ["116/2015"], (TH, "Căn cứ ban hành")),
    ("qd 474 dua vao quyet dinh nao cua thu tuong", None, ["19/2014"], (KT, "Căn cứ ban hành")),
    ("Kế hoạch Kiên Giang 2021 căn cứ những văn bản nào?", None,
     ["19/2014", "116/2015"], (KG, "Căn cứ ban hành")),
    ("kế hoạch tuyên quang viện dẫn thông tư nào", None, ["159/2010"], (TQ, "IV.2.2")),
    ("chỉ thị hà nam thực hiện quyết định nào của ttg", None, ["144/2006"], (HN, "Căn cứ ban hành")),
    ("quyet dinh 4775 can cu luat nao", None,
     ["Luật Tổ chức chính quyền địa phương"], (TH, "Căn cứ ban hành")),
    ("Quyết định 474 có căn cứ Thông tư 26/2014 không?", None, ["Có."], (KT, "Căn cứ ban hành")),
    ("qd 4775 co vien dan tt 26/2014 khong", None, ["Không."], (TH, "Căn cứ ban hành")),
    ("kế hoạch này căn cứ công văn nào của Bộ KHCN", TH,
     ["419/BKHCN-TĐC", "3003/BKHCN-TĐC"], (TH, "Căn cứ ban hành")),
    ("tỉnh nào căn cứ QĐ 101/QĐ-BKHCN?", None, ["474/QĐ-UBND"], (KT, "Căn cứ ban hành")),
    ("nhung van ban nao cua tinh can cu tt 159/2010", None, ["05/KH-UBND"], (TQ, "IV.2.2")),
    ("QĐ 2968 được văn bản nào viện dẫn", None, ["05/KH-UBND"], (TQ, "Căn cứ ban hành")),
    # --- who asked for it ---
    ("ai đề nghị ban hành quyết định 4775?", None,
     ["2121/SKHCN-TĐC", "7010/STC-NSHX"], (TH, "Căn cứ ban hành")),
    ("Sở Tài chính xin phê duyệt QĐ 4775 bằng công văn số mấy", None,
     ["7010/STC-NSHX"], (TH, "Căn cứ ban hành")),
    ("so khcn de nghi phe duyet qd 4775 tai cong van nao", None, ["2121/SKHCN-TĐC"], (TH, "Căn cứ ban hành")),
    ("QĐ 474 theo đề nghị của ai", None, ["Giám đốc Sở Khoa học và Công nghệ"], (KT, "Căn cứ ban hành")),
    # --- recipients, executors, period, articles ---
    ("QĐ 474 gửi cho những cơ quan nào", None, ["Báo Kon Tum"], (KT, "Nơi nhận")),
    ("noi nhan cua ke hoach 05 gom nhung ai", None, ["Thường trực Tỉnh ủy"], (TQ, "Nơi nhận")),
    ("kế hoạch này được gửi tới đâu", KG, ["UBND các xã, phường, thị trấn"], (KG, "Nơi nhận")),
    ("nơi nhận của quyết định 4775", None, ["như Điều 3"], (TH, "Nơi nhận")),
    ("ai phải chịu trách nhiệm thi hành quyết định 474", None,
     ["Giám đốc Sở Khoa học và Công nghệ"], (KT, "Điều 3")),
    ("trach nhiem thi hanh qd 19/2014 thuoc ve ai", None, ["Chủ tịch UBND cấp tỉnh"], (QD19, "Điều 17")),
    ("QĐ 4775 thực hiện trong mấy năm", None, ["3 năm", "2024"], (TH, "Điều 1 khoản 3.2 điểm a")),
    ("kế hoạch của tỉnh mình kéo dài đến năm nào", KT, ["2030"], (KT, "Điều 1 mục IV.1")),
    ("ke hoach nay cho nhung nam nao", KG, ["2021"], (KG, "Tên văn bản")),
    ("Quyết định 19/2014 gồm bao nhiêu điều?", None, ["17 điều"], (QD19, "Điều 17")),
    ("tt 26/2014 co may dieu", None, ["46 điều"], (TT26, "Điều 46")),
    ("QĐ 4775 dài mấy điều vậy", None, ["3 điều"], (TH, "Điều 3")),
    ("ke hoach 05 ket thuc nam nao", None, ["30/6/2013"], (TQ, "III.2.2")),
    ("sếp bảo tra QĐ 474 có mấy điều, ai ký, nhờ bot xem giúp", None,
     ["3 điều", "Nguyễn Văn Hòa"], (KT, "Chữ ký")),
    # --- told by its subject, or by a year ---
    ("luật nào bỏ cấp huyện vậy ạ", None, ["72/2025/QH15"], ("72/2025/QH15", "Điều 51")),
    ("nghi quyet nao sap nhap cac tinh, so may", None, ["202/2025/QH15"], ("202/2025/QH15", "Tên văn bản")),
    ("Văn bản nào gộp tỉnh lại còn 34 tỉnh?", None, ["202/2025/QH15"], ("202/2025/QH15", "Tên văn bản")),
    ("quyết định nào hủy bỏ 9001:2008", None, ["4108/QĐ-BKHCN"], ("4108/QĐ-BKHCN", "Tên văn bản")),
    ("năm 2012 mô hình khung theo quyết định nào", TQ, ["2968/QĐ-BKHCN"], (TQ, "Căn cứ ban hành")),
    ("nam 2020 o kon tum mo hinh khung theo quyet dinh so may", None,
     ["101/QĐ-BKHCN"], (KT, "Căn cứ ban hành")),
    ("nghi quyet sap xep xa cua tinh thanh hoa so may", None,
     ["1686/NQ-UBTVQH15"], ("1686/NQ-UBTVQH15", "Tên văn bản")),
    ("luật an ninh mạng số mấy", None, ["116/2025/QH15"], ("116/2025/QH15", "Tên văn bản")),
    ("nghị định về công tác văn thư có hiệu lực từ ngày nào", None,
     ["05/3/2020"], ("30/2020/NĐ-CP", "Tên văn bản")),
    ("năm 2008 ở Hà Nam lập dự toán ISO theo thông tư nào", None,
     ["không thấy", "159/2010"], (TT159, "Tên văn bản")),
    ("nam 2012 o tuyen quang kinh phi iso theo thong tu nao cua bo tai chinh", None,
     ["159/2010"], (TQ, "IV.2.2")),
    # --- the document meant by other words ---
    ("ke hoach cua tinh tuyen quang nam 2011 ai la nguoi ky", None, ["Đỗ Văn Chiến"], (TQ, "Chữ ký")),
    ("tỉnh tôi căn cứ thông tư nào của Bộ KHCN", KT, ["26/2014"], (KT, "Căn cứ ban hành")),
    ("Kiên Giang dựa vào quyết định nào của Thủ tướng", None, ["19/2014"], (KG, "Căn cứ ban hành")),
    ("người ký Quyết định 474/QĐ-UBND ngày 10/7/2020 là ai", None, ["Nguyễn Văn Hòa"], (KT, "Chữ ký")),
    ("Công văn 2121 của sở nào, ngày bao nhiêu?", TH,
     ["Sở Khoa học và Công nghệ", "24/11/2021"], (TH, "Căn cứ ban hành")),
    ("nq 37 ban hanh ngay nao", KT, ["13/12/2018"], (KT, "Điều 1 mục V.1.4")),
    # --- wrong figures set right ---
    ("có phải QĐ 474 ban hành ngày 01/7/2020 không", None,
     ["Không phải ngày 01/7/2020", "10/7/2020"], (KT, "Tên văn bản")),
    ("QĐ 19/2014 có 20 điều phải không", None, ["Không phải 20 điều", "17 điều"], (QD19, "Điều 17")),
    ("QĐ 4775 giai đoạn 2021-2025 phải không", None,
     ["Không phải giai đoạn 2021-2025", "2024"], (TH, "Điều 1 khoản 3.2 điểm a")),
    ("chỉ thị 02/2007 viết theo iso 9001:2008 đúng không", None,
     ["Không phải bản 2008", "9001:2000"], (HN, "Tên văn bản")),
    ("QĐ 4775 giao cho 147 xã phải không ạ", None, ["Không phải 147", "92"], (TH, "Điều 1 khoản 2.2")),
    ("qd 474 kon tum co 120 xa dung khong", None, ["Không phải 120", "102"], (KT, "Phụ lục")),
    ("Kế hoạch 05 có 25 cơ quan được chứng nhận phải không?", None, ["Không phải 25", "18"], (TQ, "III.2.1")),
]  # fmt: skip


@pytest.mark.parametrize(("question", "province", "wanted", "place"), ASKED, ids=[a[0] for a in ASKED])
def test_the_aspect_asked_for_is_told_with_its_place(ask, question, province, wanted, place):
    answer = ask(question, province)

    assert answer.outcome is Outcome.ANSWERED
    assert [w for w in wanted if w not in answer.text] == []
    assert place in places(answer)
    assert len(answer.text) <= SHORT


BESIDE = [
    ("Hà Nam và Tuyên Quang theo phiên bản nào, khác nhau ra sao?", ["9001:2000", "9001:2008"], {HN, TQ}),
    ("qd 474 voi qd 4775 ai ky", ["Nguyễn Văn Hòa", "không nêu tên"], {KT, TH}),
    ("QĐ 144/2006 với QĐ 19/2014 ban hành ngày nào", ["20/6/2006", "05/3/2014"], {QD144, QD19}),
    ("tt 26/2014 va tt 116/2015 hieu luc tu bao gio", ["01/12/2014", "26/10/2015"], {TT26, TT116}),
    ("Chỉ thị 02/2007 và QĐ 4775 có mấy điều", ["không chia thành điều", "3 điều"], {HN, TH}),
    ("ke hoach 05 va qd 474 gui cho nhung ai", ["Thường trực Tỉnh ủy", "Báo Kon Tum"], {TQ, KT}),
    ("QĐ 474 với QĐ 4775 giai đoạn nào", ["2030", "2024"], {KT, TH}),
    ("so sánh ngày ban hành văn bản của Tuyên Quang và Kon Tum", ["18/3/2011", "10/7/2020"], {TQ, KT}),
    ("TT 159 với TT 116 cái nào ra trước", ["15/10/2010", "11/8/2015"], {TT159, TT116}),
    ("so sánh cơ quan ban hành của TT 159/2010 và QĐ 144/2006: do cơ quan nào ban hành",
     ["Bộ Tài chính", "Thủ tướng"], {TT159, QD144}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "wanted", "cited"), BESIDE, ids=[b[0] for b in BESIDE])
def test_documents_are_set_side_by_side_on_one_aspect(ask, question, wanted, cited):
    answer = ask(question)

    assert [w for w in wanted if w not in answer.text] == []
    assert cited <= {c.document.key for c in answer.citations}


def test_a_letter_is_the_one_of_the_askers_own_department(ask):
    answer = ask("Sở tôi trình QĐ 4775 bằng công văn số mấy?", TH, "Sở Tài chính Thanh Hóa")
    assert "7010" in answer.text
    assert "2121" not in answer.text


LEFT_TO_CARDS = [
    ("QĐ 4775 xã báo cáo tháng mấy", None),
    ("ai ký quyết định công bố hệ thống", TH),
    ("ai ban hành quyết định thành lập ban chỉ đạo ISO", TH),
    ("Thông tư 116 mức chi tư vấn bao nhiêu", None),
    ("kế hoạch của Kiên Giang năm 2025 ai ký", None),
    ("QĐ 19/2014 bắt buộc cơ quan nào", None),
    ("Điều 4 QĐ 19/2014 có mấy bước", None),
    ("xã tôi bao giờ phải xong", TH),
    ("báo cáo gửi cho ai", KT),
    ("QĐ 4775 kinh phí lấy từ đâu", None),
    ("quyết định công bố gửi cho những cơ quan nào", KT),
    ("Kon Tum gửi báo cáo cho ai", None),
    ("Thanh Hóa bao giờ phải xong", None),
    ("tỉnh tôi khi nào báo cáo", TH),
    ("QĐ 4775 có 36 xã làm năm 2023 phải không", None),
]


@pytest.mark.parametrize(("question", "province"), LEFT_TO_CARDS, ids=[q for q, _ in LEFT_TO_CARDS])
def test_a_question_on_something_else_is_left_to_the_cards(knowledge, question, province):
    room: AboutDocuments = knowledge._about_documents
    assert room.answer(knowledge._reader.read(question), province or "", Asker(province)) is None


def test_every_place_of_a_fact_is_one_that_cards_cite_or_the_document_names(knowledge):
    corpus = knowledge.corpus
    cited = {(c.document.key, c.section) for card in corpus.cards.values() for c in card.citations}
    known = {"Tên văn bản", "Chữ ký", "Nơi nhận", "Phụ lục"}
    facts = [(d.key, f.section) for d in corpus.documents.values() for f in (*d.facts, *d.counts)]
    assert [f for f in facts if f not in cited and f[1] not in known] == []

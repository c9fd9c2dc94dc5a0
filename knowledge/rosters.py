"""Questions about units, answered from the rosters: which year, which district, how many, what now.

Nothing here is written by hand for one unit: every year, count and name is read from the records of
the province's plan, or counted over them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from isobot.domain.law import LegalDocument
from isobot.domain.text import fold
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from knowledge.bodies import body_in
from knowledge.corpus import SEED_PROVINCES
from knowledge.home import Home
from knowledge.model import Answer, Option, Outcome, Refinement, with_sources
from knowledge.places import Mention, PlaceFinder, district_title, speaks_of_self, titled
from knowledge.question import Question
from knowledge.reform import asks_made_of, asks_what_became, says_became, says_made_of
from knowledge.roster_absences import PLANS, Absences
from knowledge.roster_counts import ASKED_BY_COMMUNE, RosterCounts, named_districts
from knowledge.roster_lines import RosterLines, each_named, of_tuyen_quang
from knowledge.year_asked import ADOPT, OTHER_MATTER, asks_year, behind_the_merger, own_year_clause

_WHICH_DISTRICT = re.compile(r"\b(?:thuoc|o|nam o|nam trong|cua|ve) (?:huyen|thanh pho) nao\b|\bhuyen nao\b")
_TO_DO = re.compile(r"\b(?:lam gi|phai lam|lam nhung gi|thuc hien gi|viec gi)\b")
_MEMBER = re.compile(
    r"\b(?:nam trong|co trong|thuoc|co ten|trong)(?: \w+){0,3} (?:danh sach|18|5|ds|phu luc|dien|nhom)\b|"
    r"\bco (?:phai )?(?:ten|trong|nam|thuoc)\b|\bco (?:ten )?(?:khong|ko)\b|\bthuoc dien\b"
)
_OTHER_BODIES = re.compile(
    r"\b(?:cac|nhung) phong\b|\bphong (?:ban|chuyen mon|thuoc|noi vu|tai chinh|van hoa|kinh te)\b|"
    r"\bdon vi su nghiep\b|\bnganh doc\b|\btruong hoc\b|\bbenh vien\b"
)
"""Bodies that no roster holds; a question on them is not about the asker's own unit."""
_EVERY_LEVEL = re.compile(r"\b(?:tung|moi|cac|nhung|ba|3) (?:cap|huyen|xa|so|don vi|co quan)\b")


_NUMBER_IN_THE_LIST = re.compile(r"\bso thu tu\b|\bstt\b|\bthu may\b")
_IN_THE_LIST = re.compile(
    r"\b(?:co|nam)(?: \w+){0,2} trong (?:danh sach|ke hoach|phu luc)\b.*\b(?:khong|chua)\b"
)


class Rosters:
    """Answers about units."""

    def __init__(
        self,
        units: UnitDirectory,
        places: PlaceFinder,
        documents: Mapping[str, LegalDocument],
        provinces: Mapping[str, Province],
        common_words: frozenset[str],
        stop_words: frozenset[str],
    ) -> None:
        self._units = units
        self._places = places
        self._stop_words = stop_words
        self._lines = RosterLines(units, documents, provinces)
        self._absences = Absences(units, documents, self._lines, common_words)
        self._counting = RosterCounts(units, self._lines, self._absences)

    def answer(
        self, question: Question, scope: Sequence[str], home: Home, *, cards_know: bool = False
    ) -> Answer | None:
        """Answer a question about units, or return None where it is about something else.

        `scope` is the provinces it may be about (all where empty), `home` the asker's unit.
        Where `cards_know`, a card fits so well that only questions about a unit itself are taken here.
        """
        # What is told around the question names other units and other matters.
        own = home.units
        told, question = question, question.without_story()
        mentions = self._places.find(question, scope) or ([] if own else self._places.find(told, scope))
        districts = named_districts(mentions)
        named = self._named(mentions, districts)
        others = question.asks(_OTHER_BODIES) or body_in(question.focus) is not None
        mine = not others and (speaks_of_self(question) or not (mentions or question.levels_beside(own)))
        about = named or (tuple(own) if mine else ())
        named_here = any(m.sure and u.level is Level.XA for m in mentions for u in m.units)
        formed = [u for u in self._every(mentions) if self._units.predecessors_of(u.code)]
        if formed and asks_made_of(question):
            return self._after_reform(question, formed)
        former = self.asks_year_of_the_former(told, scope)
        became = asks_what_became(question) and not former
        if named and became:
            return self._after_reform(question, named)
        if about and not named and speaks_of_self(question) and became:
            return self._after_reform(question, about)
        return (
            self._which_district(question, named)
            or (
                None
                if named_here
                or (others and question.asks(_MEMBER))
                or (cards_know and not districts and not self._counting.counts_own(question, home))
                else self._counting.answer(question, scope, mentions, home)
            )
            or self._membership(question, scope, about, home)
            or (
                None
                if cards_know and not named and not speaks_of_self(question)
                else self._year(question, scope, mentions, named, about, of_the_former=former)
            )
        )

    def own_line(self, question: Question, scope: Sequence[str], home: Home) -> Answer | None:
        """Tell the asker's own year, wave or group in the plan, where that is asked in whatever words."""
        if home.province and scope and home.province not in scope:
            return None
        clause = own_year_clause(question, self._stop_words)
        if clause is None or _EVERY_LEVEL.search(clause.folded):
            return None
        nameless = not home.name and list(scope) == [ASKED_BY_COMMUNE] and clause.level in ("", "xa")
        mentions = [m for m in self._places.find(clause, scope) if m.exact]
        districts = [d for m in mentions for d in m.districts if not m.units or not m.sure]
        if nameless and districts:
            return self._counting.by_years(clause, districts[0])
        if any(m.units and m.units != home.units and not _own_district(m, home) for m in mentions):
            return None
        listed = any(u.in_plan for u in home.units if u.level is Level.HUYEN)
        if home.province in PLANS and home.means_district(clause.folded) and not listed:
            return self._counting.by_years(clause, (home.province, home.district))
        if home.level == "huyen" and self._counting.counts_own(clause, home):
            return None
        if any(u.in_plan for u in home.units):
            told = self._years(clause, home.units)
            confirmed = told.outcome is Outcome.ANSWERED and clause.says(_IN_THE_LIST)
            return replace(told, text=f"Có trong danh sách. {told.text}") if confirmed else told
        if any(self._units.predecessors_of(u.code) for u in home.units):
            return self._lines.former_years(home.units)
        if home.outside_the_list:
            return self._absences.own_not_listed(home)
        return self._counting.which_commune() if nameless else None

    def about(self, question: Question, unit: Unit) -> Answer | None:
        """Answer the question for the one unit that the person picked."""
        if asks_what_became(question):
            return self._after_reform(question, [unit])
        if unit.in_plan:
            return self._which_district(question, (unit,)) or self._years(question, [unit])
        return None

    def one_named(self, question: Question, scope: Sequence[str]) -> Answer | None:
        """Tell the year of the one commune that a question names, whatever else it says."""
        mentions = self._places.find(question, scope)
        named = self._named([m for m in mentions if m.exact], named_districts(mentions))
        communes = [u for u in named if u.in_plan and u.level is Level.XA]
        return self.about(question, communes[0]) if len(communes) == 1 else None

    def asks_year_of_named(self, question: Question, scope: Sequence[str]) -> bool:
        """Tell whether it is asked in which year a unit of a plan adopts, whatever is told before."""
        asked = question.without_story()
        mentions = [m for m in self._places.find(asked, scope) if m.exact]
        named = self._named(mentions, named_districts(mentions))
        return any(u.in_plan for u in named) and self._asks_year(asked, mentions)

    def asks_year_of_the_former(self, question: Question, scope: Sequence[str]) -> bool:
        """Tell whether the year in a plan is asked of a unit that is told to be merged, or of one's own."""
        if says_became(question.focus):
            return False
        if own_year_clause(question, self._stop_words) is not None:
            return True
        named = [m for m in self._places.find(question, scope) if m.exact]
        if not any(u.in_plan for m in named for u in m.units):
            return False
        asked = behind_the_merger(question.without_story())
        return self._asks_year(asked, self._places.find(asked, scope))

    def names_a_unit(self, question: Question, scope: Sequence[str]) -> bool:
        """Tell whether a question names a unit, or a district, that the rosters know."""
        mentions = self._places.find(question, scope)
        return any(m.exact and (m.units or m.districts) for m in mentions)

    def short(self, question: Question, scope: Sequence[str]) -> Answer | None:
        """Answer a question that is hardly more than the name of a unit."""
        mentions = self._places.find(question, scope)
        named = self._named(mentions, named_districts(mentions))
        taken = {place for m in mentions for place in range(m.start, m.end)}
        provinces = {w for slug in question.provinces for w in fold(SEED_PROVINCES[slug]).split()}
        rest = [
            w
            for at, w in enumerate(question.words)
            if at not in taken and w.bare not in _FILLING | _OF_THE_ROSTER | provinces
        ]
        if not named or len(rest) > 1:
            return None
        if any(u.in_plan for u in named):
            return self._years(question, named)
        return self._lines.former_years(named) if self._units.predecessors_of(named[0].code) else None

    # --- who is meant ---

    @staticmethod
    def _every(mentions: Sequence[Mention]) -> tuple[Unit, ...]:
        return tuple(dict.fromkeys(u for m in mentions for u in m.units))

    def _named(self, mentions: Sequence[Mention], districts: Sequence[tuple[str, str]]) -> tuple[Unit, ...]:
        """Return the units named, narrowed to the districts named beside them."""
        units: list[Unit] = []
        for mention in mentions:
            communes = [u for u in mention.units if u.level is Level.XA]
            whole = [u for u in mention.units if u.level is Level.HUYEN and u.in_plan]
            if not mention.sure and whole:
                # "Đăk Tô" alone is the district as well as its town.
                communes = [*communes, *whole]
            beside = any(other is not mention and other.units for other in mentions)
            if mention.districts and not mention.sure and beside:
                continue
            units += communes or mention.units
        wanted = {name for _, name in districts}
        near = [u for u in units if u.district in wanted or u.true_district in wanted]
        if near:
            return tuple(dict.fromkeys(near))
        others = [u for u in units if u.level is not Level.XA]
        return tuple(dict.fromkeys(units if not wanted else others or units))

    # --- year ---

    def _year(
        self,
        question: Question,
        scope: Sequence[str],
        mentions: Sequence[Mention],
        named: tuple[Unit, ...],
        about: tuple[Unit, ...],
        *,
        of_the_former: bool,
    ) -> Answer | None:
        asked = of_the_former or self._asks_year(question, mentions)
        asked = asked or bool(named and named[0].plan_year in question.years and question.says(_TO_DO))
        if named and any(u.in_plan for u in named) and (asked or (question.yes_no and question.years)):
            return self._years(question, named)
        if not asked and not (question.yes_no and question.years and question.says(ADOPT)):
            return None
        missing = self._absences.not_listed(question, scope, mentions)
        if missing and not named:
            return missing
        if named and asked and self._units.predecessors_of(named[0].code):
            return self._lines.former_years(named)
        if about and not _EVERY_LEVEL.search(question.focus):
            if any(u.in_plan for u in about):
                return self._years(question, about)
            if any(self._units.predecessors_of(u.code) for u in about):
                return self._lines.former_years(about)
        return None

    def _asks_year(self, question: Question, mentions: Sequence[Mention]) -> bool:
        taken = {place for m in mentions for place in range(m.start, m.end)}
        return asks_year(question, taken, self._stop_words)

    def _years(self, question: Question, units: Sequence[Unit]) -> Answer:
        listed = [u for u in units if u.in_plan] or list(units)
        if len(listed) > 6:
            listed = listed[:6]
        lines = [self._lines.year_line(u) for u in listed]
        citations = self._lines.citations(listed)
        if len(listed) == 1:
            text = lines[0]
            unit = listed[0]
            wrong = [y for y in question.years if y != unit.plan_year]
            if question.yes_no and wrong and unit.plan_year not in question.years:
                text = f"Không phải năm {wrong[0]}. {text}"
            if unit.plan_number and question.says(_NUMBER_IN_THE_LIST):
                text += f" Số thứ tự trong Phụ lục: {unit.plan_number}."
            after = self._lines.now(unit)
            text = f"{text}\n{after}" if after else text
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        if each_named(question, listed):
            text = "\n".join(f"- {line}" for line in lines)
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        return self._lines.ask_which(listed, lines, citations)

    # --- district, membership, what became of it ---

    def _which_district(self, question: Question, named: tuple[Unit, ...]) -> Answer | None:
        communes = [u for u in named if u.level is Level.XA and u.district]
        if not communes or not question.asks(_WHICH_DISTRICT):
            return None
        lines = []
        for unit in communes[:6]:
            kind = unit.printed_name or unit.name
            line = f"{unit.name}: {district_title(unit)}"
            if unit.printed_name and unit.printed_name != unit.name:
                line += f" (Phụ lục in là “{kind}”)"
            if unit.true_district and unit.true_district != unit.district:
                line += f"; thực tế thuộc huyện {unit.true_district}"
            if unit.plan_year and asks_year(question):
                line += f"; áp dụng năm {unit.plan_year}"
            lines.append(line + ".")
        citations = self._lines.citations(communes)
        if len(communes) == 1:
            return Answer(Outcome.ANSWERED, with_sources(lines[0], citations), citations)
        return self._lines.ask_which(communes[:6], lines, citations)

    def _membership(
        self, question: Question, scope: Sequence[str], about: tuple[Unit, ...], home: Home
    ) -> Answer | None:
        if not question.asks(_MEMBER) or OTHER_MATTER.search(self._without_names(question, scope)):
            return None
        if not about and speaks_of_self(question) and home.outside_the_list:
            return self._absences.own_not_listed(home)
        if not about or _body_is_listed(question):
            return self._absences.agency_not_listed(question, scope)
        listed = [u for u in about if u.in_plan]
        if not listed:
            return None
        if listed[0].province == "tuyen-quang":
            return self._tuyen_quang_member(question, listed[0])
        elsewhere = self._lines.of_another_group(self._without_names(question, scope), listed[0])
        if elsewhere and len(listed) == 1:
            return elsewhere
        answer = self._years(question, listed)
        if answer.outcome is Outcome.ANSWERED:
            return Answer(answer.outcome, f"Có trong danh sách. {answer.text}", answer.citations)
        return answer

    def _without_names(self, question: Question, scope: Sequence[str]) -> str:
        """Return what is asked without the names in it: "Sở Giáo dục và Đào tạo" speaks of no training."""
        taken = {place for m in self._places.find(question, scope) for place in range(m.start, m.end)}
        asked = enumerate(question.words)
        return " ".join(
            w.bare for at, w in asked if at not in taken and question.sentences[w.sentence] == 1.0
        )

    def _tuyen_quang_member(self, question: Question, unit: Unit) -> Answer:
        eighteen = any(g.startswith("Duy trì") for g in unit.plan_groups)
        text = f"{unit.name}: {of_tuyen_quang(unit)}."
        if "18" in question.folded.split():
            text = ("Có. " if eighteen else "Không nằm trong 18 cơ quan đó. ") + text
        citations = self._lines.citations([unit])
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _after_reform(self, question: Question, units: Sequence[Unit]) -> Answer | None:
        former = [u for u in units if u.valid_to is not None]
        if former and not says_made_of(question):
            units = former
        elif len(units) > 1 and says_made_of(question):
            units = [u for u in units if u.valid_to is None] or units
        lines = [line for u in units[:6] if (line := self._lines.now(u, full=True))]
        if not lines:
            return None
        if len(lines) == 1:
            cited = self._lines.resolution(units[0]) if units[0].level is Level.XA else ()
            return Answer(Outcome.ANSWERED, with_sources(lines[0], cited) if cited else lines[0], cited)
        head = "Có nhiều đơn vị mang tên này. Anh/chị hỏi đơn vị nào?"
        options = tuple(Option(titled(u), Refinement(unit=u.code)) for u in units[:6])
        return Answer(Outcome.CLARIFY, "\n".join([head, *(f"- {line}" for line in lines)]), (), options)


def _body_is_listed(question: Question) -> bool:
    """Tell whether it is asked if a school or the press is in the list, and not the place in its name."""
    body, asked = body_in(question.focus), _MEMBER.search(question.focus)
    return body is not None and asked is not None and question.focus.find(body.name) < asked.start()


def _own_district(mention: Mention, home: Home) -> bool:
    """Tell whether a name only says in which district one's own commune lies: "xã em ở Sa Thầy"."""
    return bool(home.units) and not mention.sure and (home.province, home.district) in mention.districts


_FILLING_WORDS = "xa thi tran phuong huyen ubnd uy ban nhan dan o cua thi sao a the nao con"
_FILLING = frozenset(_FILLING_WORDS.split())
_OF_THE_ROSTER = frozenset(["han", "ap", "dung", "iso", "nam", "moc", "dot", "lo", "trinh", "dien", "tu"])

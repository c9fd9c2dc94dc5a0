"""People, their posts, and who may do what for which unit (cán bộ, vai trò, quyền)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A role in a unit (vai trò); a code of invitation gives exactly one."""

    REPORTER = "reporter"
    DEPUTY = "deputy"
    """Reports in the reporter's place, and hears of it only when that is late or out of reach."""
    HEAD = "head"
    RECEIVER = "receiver"
    CURATOR = "curator"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """Return the Vietnamese name of the role."""
        return _LABELS[self]


_LABELS = {
    Role.REPORTER: "cán bộ phụ trách ISO (người lập báo cáo)",
    Role.DEPUTY: "người thay thế cán bộ phụ trách ISO",
    Role.HEAD: "lãnh đạo đơn vị",
    Role.RECEIVER: "cán bộ đầu mối nhận báo cáo",
    Role.CURATOR: "người biên tập nội dung",
    Role.ADMIN: "quản trị viên",
}


@dataclass(frozen=True, slots=True)
class Post:
    """One role of one person in one unit (vai trò tại đơn vị).

    `lent_by` is who lends it while away (ủy quyền); None where it is the person's own.
    """

    id: int
    unit: str
    province: str
    role: Role
    lent_by: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, with every post that is valid now; an unknown person has no `id`."""

    id: int | None
    posts: tuple[Post, ...] = ()

    def units_to_report(self) -> tuple[str, ...]:
        """Return the codes of the units this person may report for, in the order given."""
        return _distinct(p.unit for p in self.posts if p.role in (Role.REPORTER, Role.DEPUTY))

    def units_to_see(self) -> tuple[str, ...]:
        """Return the codes of the units whose own reports this person may see."""
        own = (Role.REPORTER, Role.DEPUTY, Role.HEAD)
        return _distinct(p.unit for p in self.posts if p.role in own)

    def provinces_to_receive(self) -> tuple[str, ...]:
        """Return the slugs of the provinces whose reports this person receives."""
        return _distinct(p.province for p in self.posts if p.role is Role.RECEIVER)

    def may_report_for(self, unit: str) -> bool:
        """Tell whether this person may enter and submit the unit's figures."""
        return unit in self.units_to_report()

    def may_approve_for(self, unit: str) -> bool:
        """Tell whether this person is the unit's head, or stands in for the head."""
        return any(p.unit == unit and p.role is Role.HEAD for p in self.posts)

    def units_to_approve(self) -> tuple[str, ...]:
        """Return the codes of the units that this person heads, or stands in for the head of."""
        return _distinct(p.unit for p in self.posts if p.role is Role.HEAD)

    @property
    def own_posts(self) -> tuple[Post, ...]:
        """The posts that are the person's own, not lent."""
        return tuple(p for p in self.posts if p.lent_by is None)

    def may_receive_from(self, province: str) -> bool:
        """Tell whether this person may see every report of the province."""
        return province in self.provinces_to_receive()


STRANGER = Actor(id=None)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))

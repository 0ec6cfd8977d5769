"""Whom is it right to address about a domain? One table of blocks, objections and grounds.

A block stops a draft to a role whatever else speaks for it; an objection can be
answered by an analyst with a typed reason; among the rest, grounds decide between
advised and possible. Suspending a name stops everything under it, so it is asked
only for names that exist for the abuse; the one nearest to the content comes first.
"""

from __future__ import annotations

from abusetrack.judgement.role_blocks import BLOCKS, OBJECTIONS
from abusetrack.judgement.role_case import RoleCase, found
from abusetrack.judgement.role_grounds import GROUNDS
from abusetrack.records import Advice, Reason, Role, RoleVerdict


def judge_roles(case: RoleCase) -> tuple[RoleVerdict, ...]:
    """Judge every role, in the order of :class:`Role`."""
    return tuple(judge_role(case, role) for role in Role)


def judge_role(case: RoleCase, role: Role) -> RoleVerdict:
    """Judge one role; the reasons are all blocks and objections, else the ground."""
    blocks = found(BLOCKS, case, role)
    objections = found(OBJECTIONS, case, role)
    if blocks:
        return RoleVerdict(role, Advice.BLOCKED, (*blocks, *objections), case.as_of)
    if objections:
        return RoleVerdict(role, Advice.NOT_ADVISED, objections, case.as_of)
    for rule in GROUNDS:
        if role in rule.roles and (text := rule.find(case, role)) is not None:
            reason = Reason(rule.code, text, changes=rule.changes)
            return RoleVerdict(role, rule.advice, (reason,), case.as_of)
    raise AssertionError("every role has a ground that always applies")

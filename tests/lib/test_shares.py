"""Fair shares of a host's slots, played as the leases play them: each looks in his turn and takes or gives back."""

import random

import pytest

from loket_portal.lib.shares import TURN, Wish, due


class Table:
    """The rows of all, a clock, and one turn after the other."""

    def __init__(self, host: int, **wants: int) -> None:
        self.host, self.wants = host, wants
        self.has, self.since, self.now = dict.fromkeys(wants, 0), dict.fromkeys(wants, 0.0), 0.0

    def wishes(self) -> list[Wish]:
        return [Wish(name, self.wants[name], self.has[name], self.now - self.since[name]) for name in self.wants]

    def look(self, name: str) -> None:
        free = self.host - sum(self.has.values())
        assert free >= 0
        now = due(name, self.wishes(), self.host, free)
        now = min(now, self.has[name] + free)
        if (now > 0) != (self.has[name] > 0):
            self.since[name] = self.now
        self.has[name] = now
        self.now += 0.01

    def play(self, rounds: int = 30, dice: random.Random | None = None) -> dict[str, int]:
        for _ in range(rounds):
            names = list(self.wants)
            (dice or random.Random(1)).shuffle(names)
            for name in names:
                self.look(name)
        return self.has

    def join(self, name: str, wants: int) -> None:
        self.wants[name], self.has[name], self.since[name] = wants, 0, self.now


def test_who_is_alone_gets_all_that_he_wants() -> None:
    assert Table(8, a=4).play() == {"a": 4}


def test_two_share_by_halves() -> None:
    assert Table(8, a=8, b=8).play() == {"a": 4, "b": 4}


def test_what_one_does_not_want_the_others_may_use() -> None:
    assert Table(8, a=8, b=1).play() == {"a": 7, "b": 1}


def test_a_newcomer_gets_a_fair_share_from_those_who_have_more() -> None:
    table = Table(8, a=4, b=4)
    assert table.play() == {"a": 4, "b": 4}
    table.join("c", 4)
    has = table.play()
    assert min(has.values()) >= 2
    assert sum(has.values()) == 8, "and nothing is left unused"


def test_who_leaves_makes_room_for_those_who_stay() -> None:
    table = Table(8, a=8, b=8)
    table.play()
    del table.wants["b"], table.has["b"]
    assert table.play() == {"a": 8}


def test_shares_that_are_settled_stay_as_they_are() -> None:
    table = Table(8, a=4, b=4, c=4)
    before = dict(table.play())
    assert table.play() == before


def test_a_page_that_wants_one_gets_it_from_runs_that_have_all() -> None:
    table = Table(4, a=4)
    table.play()
    table.join("page", 1)
    assert table.play(2)["page"] == 1


def test_with_more_than_there_are_slots_everybody_has_one_in_turn() -> None:
    table, had = Table(2, a=4, b=4, c=4, d=4, e=4), set()
    for _ in range(60):
        table.play(1)
        table.now += 0.5
        had |= {name for name, count in table.has.items() if count}
    assert had == set("abcde")


def test_the_one_slot_is_kept_for_a_while() -> None:
    table = Table(1, b=1, a=1)
    table.now = table.since["b"] = 1.0  # a came first
    table.look("a")
    table.look("b")
    assert table.has == {"a": 1, "b": 0}
    table.now += TURN - 0.1
    table.look("a")
    assert table.has == {"a": 1, "b": 0}
    table.now += 0.2
    table.look("a")
    table.look("a")
    table.look("b")
    assert table.has == {"a": 0, "b": 1}, "and who gave it does not take it back before the other"


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_left_without_whatever_the_order(seed: int) -> None:
    dice = random.Random(seed)
    host = dice.randint(1, 10)
    table = Table(host, **{f"n{number}": dice.randint(1, 8) for number in range(dice.randint(1, 12))})
    had: set[str] = set()
    for _ in range(40 + 20 * len(table.wants)):
        table.play(1, dice)
        table.now += 0.5
        had |= {name for name, count in table.has.items() if count}
        assert sum(table.has.values()) <= host
    assert had == set(table.wants)
    if len(table.wants) <= host:
        share = host // len(table.wants)
        assert all(table.has[name] >= min(share, wants) for name, wants in table.wants.items())

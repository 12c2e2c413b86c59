"""One foot and one pair of hands that the studio's tests share; made once, for that takes seconds."""

import pytest


@pytest.fixture(scope="session")
def foot():
    from trainer.studio.bodies import leg
    from trainer.studio.foot_surface import foot_surface
    from trainer.studio.people import person

    return foot_surface(leg(person(2), "left"))


@pytest.fixture(scope="session")
def hands():
    from trainer.studio.anatomy import anatomy
    from trainer.studio.bodies import SIDES, hand
    from trainer.studio.people import person

    return {s: anatomy(hand(person(1), s)) for s in SIDES}

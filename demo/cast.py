"""Who plays in the demo: a shop's owner, two of its staff, two support agents, and the agents' group with the bot."""

from demo.model import Part, Standing
from demo.world import World

#: Id, name, user name, part. The ids stay the same over restarts and resets.
CAST = (
    (5_100_000_001, "Boss Lin 林老板", "lin_teahouse", Part.OWNER),
    (5_100_000_002, "Mei 小梅", "mei_front", Part.STAFF),
    (5_100_000_003, "Jonas Weber", "jonas_bar", Part.STAFF),
    (5_100_000_004, "Anna Support", "anna_support", Part.AGENT),
    (5_100_000_005, "阿杰 Support", "ajie_support", Part.AGENT),
)
GROUP_ID = -1_002_100_000_001
GROUP_TITLE = "Tillkeeper Support 支持组"


def enter(world: World) -> None:
    """Bring the cast in, once; whoever is there already stays as they are."""
    if world.people:
        return
    people = [
        world.add_person(name, part, username=username, person_id=person_id) for person_id, name, username, part in CAST
    ]
    owner = people[0]
    agents = [person for person in people if person.part is Part.AGENT]
    world.add_group(GROUP_TITLE, agents[0], [owner, *agents], Standing.ADMINISTRATOR, group_id=GROUP_ID)

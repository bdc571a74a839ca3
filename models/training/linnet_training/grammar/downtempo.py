"""Hip-hop and lo-fi: late snares, short loops, room."""

from .style import HarmonyPlan, LeadPlan, Style, drums, line

HIP_HOP = Style(
    name="hip-hop",
    bass_low=31,
    bpm=(78, 100),
    drums=(
        drums(
            "boom bap",
            4,
            K=(
                "X..x......x.x... X.......x.x..... X......x..x..... X.x.......xx.... X..x..x.....x.x."
                " X......x.xx...2."
            ),
            S="....X.......X... ....X..2....X..2 ....X.......X.o.",
            H="x.x.x.x.x.x.x.x. x.xxx.x.x.xxx.x. X.x.X.x.X.xox.x. x.xox.x.x.x.xox.",
            O=". . ..............x.",
        ),
        drums(
            "trap",
            2.6,
            K="X.....x...x..... X..x......x...x. X......x..x.x... X.x...x.........",
            S="........X....... ........X......2 ........X...2...",
            H="xxxxxxxxxxxxxxxx x.x.x.xxx.x.xxxx x.xxx.xxx.xxxxxx xx.xx.xxxx.xx.xx x.x.xxx.x.x.x.xx",
            O=". ......x......... ..............x.",
        ),
        drums(
            "bounce",
            1.5,
            K="X..X..x...X..x.. X..x..X.x..x....",
            S="....X.......X... ....X..x....X...",
            H="x.x.x.x.x.x.x.x. x.xxx.xxx.xxx.xx",
            O="..x...x...x...x. .",
        ),
    ),
    fills=(
        "============....",
        "============s.ss",
        "=============.ss",
        "==========....ss",
        "========k.k.s...",
        "============oo.s",
        "===========k.k.s",
    ),
    bass=(
        line(
            "low",
            3,
            "R-----....R-.... R--R------R-R--- R-------..R-r--. R-.....rR-..a-.. R-..r-....R-....",
            legato=1.1,
            loud=6,
        ),
        line(
            "long",
            2.5,
            "R--------------- R-------------R- R---------R----- R-----R---------",
            legato=1.3,
            loud=8,
            plain=True,
        ),
        line(
            "melodic",
            2,
            "R--R....S-O-..A- R--.F-S-R--.S-F- R-..R-O-..S-F-.. R--R..T-F-..R-A-",
            legato=0.95,
        ),
        line(
            "kicks",
            1.5,
            "R..R......R.R... R......R..R..... R.R.......RR..A. R..R..R...R...O.",
            legato=0.9,
        ),
    ),
    comps=(
        line(
            "chop",
            3,
            "X-----..x-..x-.. X--.x--...x-.... X-------....x-x- X--.....X--..x.. x..x--....x--...",
            voicing="seventh",
            legato=0.85,
        ),
        line(
            "keys",
            1.3,
            "X---x---X---x--- X---X---x---x--- x-x-x-x-x-x-x-x-",
            voicing="triad",
            legato=0.5,
            loud=-2,
        ),
        line(
            "pad",
            1.6,
            "X--------------- X---------------................",
            voicing="seventh",
            legato=1.1,
            loud=-8,
        ),
        line(
            "pluck",
            2.2,
            "0-..1-..2-..1-.. 0-1-2-..0-1-2-.. 2.1.0...2.1.0.1. 0--1--2-..1-..2- 0..1..2.0..1..2.",
            voicing="triad",
            legato=0.8,
            centre=64,
        ),
    ),
    harmony=HarmonyPlan({"slow": 0.6, "vamp": 3, "loop": 3}, 1, "dark", dark=1.4, still=True),
    lead=LeadPlan(
        riff=0.5, push=0.4, push_ticks=6, thin=(0.2, 0.65), stretch=0.04, centre=69, loudness=82
    ),
    counters={"none": 4, "slow": 1.2, "answers": 1.4, "line": 0.6},
    late={"S": 9, "K": 1, "H": -2},
    jitter=4,
    swing=(4, 26),
    loudness=2,
    lock=2.5,
    layered=0.3,
    crash=0.15,
    fill_share=0.55,
    ending=0.15,
    shuffle=0.08,
    shuffles=(
        drums(
            "swung",
            1,
            K="X....xx..... X.....x.xx.. X..x....x...",
            S="...X.....X..",
            H="x.xx.xx.xx.x x..x.xx..x.x xxxx.xxxxx.x",
        ),
    ),
    programs={"lead": 82, "counter": 48, "chords": 4, "bass": 38},
)

LO_FI = Style(
    name="lo-fi",
    bass_low=32,
    bpm=(66, 88),
    drums=(
        drums(
            "dusty",
            4,
            K="x......x..x..... x..x......x..... x.......o.x..... x.........xx.... x..x...x........",
            S="....x.......x... ....x..2....x..o ....x.......x.2.",
            H="x.x.x.x.x.x.x.x. o.x.o.x.o.x.o.x. x.xox.x.x.xox.x. x...x...x.x.x...",
        ),
        drums(
            "half time",
            1.6,
            K="x......x........ x..x......x.....",
            S="........x....... ........x......o",
            H="x.x.x.x.x.x.x.x. x.xox.xox.xox.xo",
        ),
        drums(
            "rim",
            1.4,
            K="x.....x...x..... x.........x.....",
            S="....o.......o... ...o..o....o.o..",
            H="o.x.o.x.o.x.o.x.",
            R=". x...x...x...x...",
        ),
    ),
    fills=(
        "============....",
        "=============.o.",
        "============g.gs",
        "==========g.s.g.",
        "============k.s.",
        "=============..g",
    ),
    bass=(
        line(
            "long",
            3,
            "R--------------- R---------R----- R-------..R----- R-----------..a-",
            legato=1.15,
            loud=-8,
        ),
        line(
            "soft pulse",
            2.4,
            "R--...R-....R-.. R-----F-....R-.. R--R....R-....a- R------rR-----A-",
            legato=0.95,
            loud=-8,
        ),
        line(
            "upright",
            2,
            "R---F---R---A--- R-----T-F-----A- R---T---F---A--- R-----F-X---A---",
            legato=0.95,
            loud=-8,
        ),
    ),
    comps=(
        line(
            "rolled",
            3,
            "X--------------- X---------x----- X-------x------- X-----------x---",
            voicing="ninth",
            legato=1.1,
            loud=-14,
        ),
        line(
            "keys",
            3,
            "X-----x--------- X--x------x----- X-----x---..x--- x---x-----x-x--- ..x---..x-----x-",
            voicing="ninth",
            push=12,
            legato=0.9,
            loud=-12,
        ),
        line(
            "broken",
            2.4,
            "0-1-2-3-..2-1-.. 0-1-2-3-4-3-2-1- 0---1---2---3--- 0-2-1-3-........ L-----U---U-....",
            voicing="ninth",
            ring=60,
            loud=-14,
        ),
        line(
            "guitar",
            1.4,
            "L---U---L---U--- L-..U-..L-.LU-.. X-..x-x-..x-x-..",
            voicing="rootless",
            legato=0.8,
            loud=-12,
        ),
    ),
    harmony=HarmonyPlan(
        {"keep": 0.5, "slow": 1.6, "vamp": 1, "loop": 3}, 1, "sevenths", turns=0.25, dark=0.6
    ),
    lead=LeadPlan(
        riff=0.25, push=0.3, push_ticks=12, thin=(0.2, 0.6), stretch=0.15, centre=72, loudness=70
    ),
    counters={"none": 4, "slow": 1.5, "answers": 1.5, "line": 1},
    late={"S": 12, "K": 3, "H": 0},
    jitter=6,
    swing=(10, 34),
    loudness=-20,
    lock=1.5,
    layered=0.25,
    crash=0.05,
    fill_share=0.4,
    ending=0.25,
    shuffle=0.12,
    shuffles=(
        drums(
            "swung",
            1,
            K="x....xx..... x.......x... x.....x.x...",
            S="...x.....x.. ...x....ox..",
            H="x.xx.xx.xx.x x..x.xx..x.x x..x..x..x..",
        ),
    ),
    programs={"lead": 11, "counter": 89, "chords": 4, "bass": 32},
)

STYLES = (HIP_HOP, LO_FI)

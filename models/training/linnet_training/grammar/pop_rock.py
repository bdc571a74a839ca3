"""Pop and rock: a band around a song."""

from .style import HarmonyPlan, LeadPlan, Style, drums, line

_FILLS = (
    "============ssss",
    "============s.ss",
    "========ss=sttmm",
    "==========s=ttll",
    "========s.sst.ml",
    "ssssttttmmmmllll",
    "============tmls",
    "========S.ssS.ss",
    "============o.s.",
    "=============sss",
    "S.s.t.t.M.m.L.l.",
)

POP = Style(
    name="pop",
    bpm=(88, 128),
    drums=(
        drums(
            "backbeat",
            4,
            K=(
                "X.......X....... X.....x.X....... X.......X.x..... X..x....X.....3. X.....x...x....."
                " X..4..x.X..3..2."
            ),
            S="....X.......X... ....X..2....X..2 ....X.......X.2.",
            H="x.x.x.x.x.x.x.x. X.x.X.x.X.x.X.x. x.o.x.o.x.o.x.o. xoxoxoxoxoxoxoxo x...x...x...x...",
            O=". . ..............x. ......2.......4.",
        ),
        drums(
            "four on the floor",
            1.5,
            K="X...X...X...X... X...X...X...X.3.",
            S="....X.......X...",
            H="..x...x...x...x. x.x.x.x.x.x.x.x. xoxoxoxoxoxoxoxo",
            O=". ..2...2...2...2.",
        ),
        drums(
            "half time",
            1.5,
            K="X.....x......... X.........x..... X..x......x...3. X.............x.",
            S="........X....... ........X......2",
            H="x.x.x.x.x.x.x.x. x...x...x...x... xoxoxoxoxoxoxoxo",
            C=". . X...............................",
        ),
        drums(
            "floor toms",
            0.7,
            K="X.......X....... X..x..x.X..x....",
            S="....X.......X...",
            L="..x...x...x.x.x. x..x..x.x..x..x.",
            H=". x...x...x...x...",
        ),
    ),
    fills=_FILLS,
    bass=(
        line("eighths", 3, "R-R-R-R-R-R-R-R- R-R-R-R-R-R-R-a- R-r-R-r-R-r-R-f- R-R-o-R-R-R-o-R-"),
        line(
            "held", 2, "R--------------- R-------R------- R-----------f-a- R-----------r---", legato=1.3
        ),
        line(
            "syncopated",
            3,
            "R-----R-R-----f- R--R----R--R--a- R-----r-f-----a- R--r--R-----f-d- R-----R---R-----"
            " R--R--R-R--R--R-",
        ),
        line("bounce", 1, "R...R...R...R.a. R..rO...R..rO... R.R.o.R.R.R.o.a."),
    ),
    comps=(
        line(
            "pads",
            2,
            "X--------------- X-------x------- X-----------x---",
            voicing="triad",
            legato=1.1,
            loud=-8,
        ),
        line("quarters", 2, "X---x---X---x--- X---x---X---x-x-", voicing="triad", legato=0.8, loud=2),
        line(
            "strum",
            2.5,
            "X---x-x---x-x-x- X--xx-x-X--xx-x- X-x-X-xx-xx-X-x- X---X-xo.oxoX-x-",
            voicing="add",
            legato=0.9,
        ),
        line(
            "pushed",
            2,
            "X-----x-----x--- X--x--x-----x--- X-----X--------x X-----x---x-----",
            voicing="triad",
            push=12,
            legato=0.85,
        ),
        line(
            "broken",
            2,
            "0-2-1-2-3-2-1-2- 0-1-2-1-3-1-2-1- 0-1-2-3-2-1-2-1- 0---2---1---2--- 0212321202123212",
            voicing="triad",
            ring=48,
            loud=-6,
        ),
        line(
            "piano eighths",
            1.2,
            "X-o-x-o-X-o-x-o- X-X-X-X-X-X-X-X- L-U-L-U-L-U-L-U-",
            voicing="open",
            legato=0.85,
            centre=62,
        ),
    ),
    harmony=HarmonyPlan({"keep": 1, "slow": 2.5, "loop": 3}, 0.5, "pop", dark=0.35),
    lead=LeadPlan(riff=0.06, push=0.55, push_ticks=12, thin=(0.0, 0.45), centre=71, loudness=90),
    counters={"none": 3, "line": 2, "slow": 1, "answers": 2},
    late={"S": 2},
    jitter=4,
    loudness=0,
    lock=2.0,
    crash=0.8,
    programs={"lead": 80, "counter": 48, "chords": 0, "bass": 33},
)

ROCK = Style(
    name="rock",
    bpm=(104, 168),
    drums=(
        drums(
            "straight",
            4,
            K="X...x...X...x... X.....x.X.x..... X.x.....X.x..... X..x..x.X.x...3. X.x...x.X.....x.",
            S="....X.......X...",
            H=". x.x.x.x.x.x.x.x. X.x.X.x.X.x.X.x.",
            O=". X.x.X.x.X.x.X.x. X...X...X...X...",
        ),
        drums(
            "ride",
            2,
            K="X.....x.X....... X.x...x.X.x.....",
            S="....X.......X... ....X.......X.2.",
            R="X.x.X.x.X.x.X.x. X...X...X...X...",
        ),
        drums(
            "crash",
            1.2,
            K="X.x...x.X.x...x. X.....x.X.X.....",
            S="....X.......X...",
            C="X...X...X...X... X.......X.......",
        ),
        drums(
            "half time",
            1.2,
            K="X..x......x.x... X.x.......x.....",
            S="........X.......",
            H="X...x...x...x...",
            O=". X...X...X...X...",
        ),
        drums(
            "double",
            1,
            K="X.x.X.x.X.x.X.x. X.....x.X.x...x.",
            S="..X...X...X...X. ....X..x..x.X...",
            R="X.x.X.x.X.x.X.x.",
            C=". X...............................",
        ),
        drums(
            "toms",
            0.7,
            K="X...X...X...X...",
            S="....X.......X...",
            L="X.xxX.xxX.xxX.xx x.x.xx.xx.x.xx.x",
            T=". ......x.......x.",
        ),
    ),
    fills=(*_FILLS, "ssssttttmmmmllll", "S.ssS.ssT.ttL.ll", "========SsSsTtLl", "C...C...ssssllll"),
    bass=(
        line(
            "drive",
            4,
            "RRRRRRRRRRRRRRRR R-R-R-R-R-R-R-R- R-RRR-RRR-RRR-RR R-R-R-R-R-R-R-A-",
            legato=0.95,
            loud=8,
        ),
        line(
            "riff",
            2.5,
            "R-R-..R-S-R-..R- R--R--R-T-F-S-O- R-R-O-S-R-R-F-S- R-.RR-S-R-.RR-O- R-----R-R-S-R-F-",
            loud=8,
        ),
        line("held", 1, "R-------R------- R-----R-R-----a- R---R---R---R-d-", legato=1.2, loud=6),
        line("kick", 1.2, "R-....R-R-R-.... R-R-....R-R-..a-", loud=8),
    ),
    comps=(
        line(
            "chug",
            3,
            "X-x-x-x-X-x-x-x- XxxxXxxxXxxxXxxx X-xxX-xxX-xxX-xx X-x-x-X-x-x-X-x-",
            voicing="power",
            legato=0.6,
            loud=12,
        ),
        line(
            "ringing",
            2.5,
            "X--------------- X-------X------- X-----X-X------- X---------X-X---",
            voicing="power",
            legato=1.1,
            loud=14,
        ),
        line(
            "riff",
            2.5,
            "X-x...X-..X-x.X- X--X--X-..X-X-X- X.X.....X.XX.... X-X-.-X-X-X-.-X- X--xX-..X--xX-X-",
            voicing="power",
            legato=0.9,
            loud=14,
        ),
        line(
            "strummed",
            1.5,
            "X-x-X-xxX-x-X-xx X---X-x-X-x-X-x- X--xx-xxX--xx-xx",
            voicing="triad",
            legato=0.9,
            loud=8,
            push=6,
        ),
        line("organ", 0.6, "X--------------- X-----------X---", voicing="triad", loud=0),
        line("broken", 0.8, "0-1-2-3-2-1-2-1- 0-2-1-3-0-2-1-2-", voicing="triad", ring=36, loud=2),
    ),
    harmony=HarmonyPlan({"keep": 0.7, "slow": 2, "loop": 2.6}, 0.5, "triads", dark=0.5),
    lead=LeadPlan(
        riff=0.08, push=0.3, push_ticks=12, thin=(0.05, 0.5), centre=70, loudness=98, rhythm=0.15
    ),
    counters={"none": 4, "answers": 1.5, "line": 1},
    late={"S": 0},
    jitter=4,
    loudness=12,
    lock=2.0,
    comp_lock=1.5,
    crash=0.95,
    shuffle=0.1,
    shuffles=(
        drums(
            "shuffle",
            1,
            K="X.....X..... X.....X.xX.. X....xX.....",
            S="...X.....X..",
            H="X.xX.xX.xX.x x..x..x..x..",
            O=". .....2.....2",
        ),
        drums(
            "boogie",
            1,
            K="X..x..X..x.. X.....X....x",
            S="...X.....X.. ...X..o..X.o",
            R="X.xX.xX.xX.x X..X.xX..X.x",
        ),
    ),
    programs={"lead": 30, "counter": 29, "chords": 30, "bass": 34},
)

STYLES = (POP, ROCK)

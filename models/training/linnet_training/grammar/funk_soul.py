"""Funk and soul: a rhythm section and horns."""

from .style import HarmonyPlan, LeadPlan, Style, drums, line

FUNK = Style(
    name="funk",
    bpm=(92, 118),
    drums=(
        drums(
            "sixteenths",
            3,
            K=(
                "X..x..x...x..x.. X.x....x..X..... X..x...x..x...x. X..X..x..xX..... X.....x.x.x..x.."
                " X.x...x..xx....."
            ),
            S="....X..o.o..X..o ....X..o.2..X.2o ....X.o..o.oX..o o...X..o.o..X.o.",
            H="xoxoxoxoxoxoxoxo XoxoXoxoXoxoXoxo xoxoxoxoxoxoxxxo",
            O=". .......x........ ..............x. ......x.........",
        ),
        drums(
            "eighths",
            2.5,
            K="X..x..x...x..x.. X.x.......xx.... X.....xx..x..... X.x.......x..x..",
            S="....X..o.o..X..o ....X..2.o..X...",
            H="x.x.x.x.x.x.x.x. X.x.X.x.X.x.X.x. x.xxx.xxx.xxx.xx",
            O="......x......... ..............x. .",
        ),
        drums(
            "displaced",
            1.5,
            K="X.x......xx...x. X..x......X..x.. X.x.....x.x.....",
            S="....X..o.o.....X ....X..o.X...o.. .o..X..o.o.o..X.",
            H="xoxoxoxoxoxoxoxo x.x.x.x.x.x.x.x.",
        ),
        drums(
            "on the one",
            1.2,
            K="X..x..x.X.....x. X.......x..x....",
            S="....X.......X...",
            H="x.xxx.xxx.xxx.xx xxxxxxxxxxxxxxxx",
            O=". ..x...x...x...x.",
        ),
    ),
    fills=(
        "============s.ss",
        "==========s.ss.s",
        "========s.ss.ss.",
        "==========ssg.sS",
        "============o...",
        "=====.....s.ss.S",
        "========.s.s.sSs",
        "============tgmS",
        "sgsgs.sgs.sgttml",
    ),
    bass=(
        line("octaves", 2, "R.o.R.O...R.o.g. R..RO..R..O.RgO. R.O.R.O.R.O.f.O. R..O..R.O..Rs.O."),
        line(
            "pocket",
            3.5,
            "R..g..R.s.O...a. R.....S.O..r..a. R..Rg..R..S.O... R...g.S.R..g.FA. R.g.s.O...r.f.aA"
            " R..R....g.R.S.O.",
            legato=0.8,
        ),
        line("slap", 1.5, "R.gRO.gR.gO.R.gO R.g.O.gRg.O.g.R. RgORg.S.RgO.g.Fa", legato=0.7),
        line(
            "riff",
            2.5,
            "R.R.....S.R.F... R...R..S.O.S.F.. RR.R....XS.S.O.. R..R..FS....R..a R.......SO.S.F.R",
            legato=0.85,
        ),
    ),
    comps=(
        line(
            "scratch",
            3,
            "..x...x...x..x.. x..x..x.o.x..x.o ..xo.ox.o.xo.x.. X.ox.oxo.oxo.oxo .oxo.oxx.oxo.oxx",
            voicing="ninth",
            legato=0.5,
        ),
        line(
            "chank",
            2,
            "....x.......x... ....X.x.....X... ...x....x....x.. ......x.......x.",
            voicing="ninth",
            legato=0.45,
            loud=4,
        ),
        line(
            "clav",
            2,
            "L..U.L.U.L.UU.L. L.UL..U.L.U..UL. LUL.U.LUL..U.LU. L..LU..L..U.L.U.",
            voicing="rootless",
            legato=0.6,
        ),
        line(
            "stabs",
            1.5,
            "X..x............ X-----..x..x.... ......X--....... ..........x..X-- X..X..x---......",
            voicing="ninth",
            push=6,
            legato=0.7,
            loud=8,
        ),
        line(
            "organ", 0.8, "X--------------- X-----x--------- X---------x-x---", voicing="ninth", loud=-4
        ),
    ),
    harmony=HarmonyPlan(
        {"keep": 0.3, "slow": 1.6, "vamp": 3, "loop": 0.8}, 1, "funk", dark=0.6, still=True
    ),
    lead=LeadPlan(riff=0.3, push=0.7, push_ticks=6, thin=(0.1, 0.55), centre=70, loudness=94),
    counters={"none": 2, "stabs": 4, "answers": 2},
    late={"S": 3, "K": -1, "H": 0},
    jitter=3,
    loudness=4,
    lock=2.5,
    stops=0.16,
    crash=0.45,
    ending=0.45,
    programs={"lead": 65, "counter": 61, "chords": 28, "bass": 36},
)

SOUL = Style(
    name="soul",
    bpm=(66, 108),
    drums=(
        drums(
            "pocket",
            4,
            K="X......xX....... X.....xxX.x..... X..x....X.x..... X......xx.x....2 X......x..x.....",
            S="....X.......X... ....X..2....X..o ....X.......X..2",
            H="x.x.x.x.x.x.x.x. X.x.X.x.X.x.X.x. x.xox.xox.xox.xo",
            O=". . ..............x.",
        ),
        drums(
            "motor",
            1.8,
            K="X...X...X...X... X.......X.x.....",
            S="X...X...X...X... x...X...x...X...",
            H="x.x.x.x.x.x.x.x.",
        ),
        drums(
            "ballad",
            2,
            K="X.........x..... X......x..x..... X.......x.......",
            S="....o.......o... ....X.......X... ........X.......",
            R="x...x.x.x...x.x. x.x.x.x.x.x.x.x. .",
            H="....x.......x... x.x.x.x.x.x.x.x.",
        ),
        drums(
            "neo",
            1.6,
            K="X..x......x..... X......x..x..x.. X.x....x..x.....",
            S="....X.......X... ....X..o.o..X...",
            H="x.x.x.xxx.x.x.x. xoxox.xoxoxox.xo",
            O=". ..............2.",
        ),
    ),
    fills=(
        "============s.ss",
        "==========s.s.tl",
        "========s..s..ss",
        "============ttml",
        "===========.s.s.",
        "========t.tm.ml.",
        "============ssss",
    ),
    bass=(
        line(
            "melodic",
            4,
            "R--R.F--S-F-R-A- R--r..F-X-F-T-A- R---T-F-X-F-T-A- R--RF-S-O--fS-A- R-..r-T-F--X..A-"
            " R--R--N-T--F..A-",
            legato=1.0,
        ),
        line("root and fifth", 2, "R-----F-R-----A- R-----R-F-----a- R------RF---a---", legato=1.1),
        line(
            "neo", 1.6, "R-----..S-O...a- R--.....R.S-..A- R-------....f-sA R--R----..T-F-A-", legato=1.2
        ),
        line("motor", 1, "R-R-T-T-F-F-T-A- R-R-R-R-F-F-X-A- R-T-F-X-O-X-F-A-"),
    ),
    comps=(
        line(
            "keys",
            3,
            "X-----x--------- X---x-----x-x--- X-----x---x----- X--x----x---x---",
            voicing="ninth",
            push=12,
            legato=0.95,
            loud=-4,
        ),
        line(
            "backbeat",
            2.5,
            "....x.......x... ....X.......X.x. ..x.X.....x.X...",
            voicing="triad",
            legato=0.5,
            loud=2,
        ),
        line(
            "gospel",
            1.6,
            "X---L-U-X---L-U- L-U-X-U-L-U-X-U- X-x-X---X-x-X-x-",
            voicing="seventh",
            legato=0.9,
        ),
        line("organ", 1.4, "X--------------- X-------x-------", voicing="ninth", legato=1.1, loud=-10),
        line(
            "broken",
            1.4,
            "0-1-2-3-2-1-2-1- 0---2-1-3---2-1- L---U---L---U-U-",
            voicing="ninth",
            ring=48,
            loud=-4,
        ),
    ),
    harmony=HarmonyPlan({"keep": 2, "slow": 2.5, "loop": 1.2}, 0.5, "soul", turns=0.12, dark=0.4),
    lead=LeadPlan(riff=0.03, push=0.45, push_ticks=6, thin=(0.05, 0.4), centre=70, loudness=88),
    counters={"none": 2, "stabs": 2, "answers": 2, "line": 2.5},
    late={"S": 7, "K": 1, "H": 2},
    jitter=5,
    loudness=-5,
    lock=2.0,
    crash=0.4,
    shuffle=0.14,
    shuffles=(
        drums(
            "slow shuffle",
            2,
            K="X.....X..... X....xX..... X.....x.xX..",
            S="...X.....X.. ...X..o..X..",
            H="xxxxxxxxxxxx x.xx.xx.xx.x XxxXxxXxxXxx",
            O=". ...........2",
        ),
        drums(
            "half shuffle",
            1,
            K="X....xx..... X.......x...",
            S=".o..o.X.o..o ....o.X...o.",
            H="x.xx.xx.xx.x",
        ),
    ),
    programs={"lead": 53, "counter": 61, "chords": 4, "bass": 33},
)

STYLES = (FUNK, SOUL)

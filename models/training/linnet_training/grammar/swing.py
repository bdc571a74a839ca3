"""Swing: a jazz quartet, the beat in three."""

from .style import HarmonyPlan, LeadPlan, Style, drums, line

SWING = Style(
    name="swing",
    invention=0.2,
    bpm=(108, 210),
    thirds=True,
    drums=(
        drums(
            "ride",
            4,
            K="x..x..x..x.. o..o..o..o.. ............ .....2...... ........3...",
            S=".....2.....2 ........3... ............ ..2..2..2..3 .....o......",
            R="X..x.xX..x.x X..X.xX..X.x X..x.xx..x.x X..X.xX..x..X..X.xX..X.x",
            H="...x.....x.. ...X.....X..",
        ),
        drums(
            "brushes", 1.5, K="o.....o..... x...........", S="x..X.xx..X.x x..x.ox..x.o", H="...x.....x.."
        ),
        drums(
            "hats",
            1.5,
            K="x..x..x..x.. x.....x.....",
            S="............ .....2..2... ...o.....o..",
            O="X.....X.....",
            H="...x.x...x.x",
        ),
        drums(
            "shuffle",
            1.2,
            K="X..x..X..x.. X.....X....x",
            S="...X.....X.. ..oX.o..oX.o",
            R="X.xX.xX.xX.x",
            H="...x.....x..",
        ),
    ),
    fills=(
        "========s.ss",
        "======s.sS.s",
        "======sssttt",
        "=========sss",
        "========S..S",
        "s.ss.st.tm.l",
        "======t.tl.l",
        "=====S..S..S",
    ),
    bass=(
        line(
            "walking",
            5,
            "W---W---W---W--- W---W---W---W-w- W-w-W---W---W---",
            legato=1.3,
            free=True,
            plain=True,
            fixed=True,
        ),
        line(
            "two feel",
            2,
            "R-------F------- R-------F-----A- R-----R-F-----A- R-------T---A---",
            legato=1.3,
            fixed=True,
        ),
        line("pedal", 0.4, "R-------R------- R---Q---R---Q---", legato=1.2, plain=True, fixed=True),
    ),
    comps=(
        line(
            "charleston",
            3,
            "X-----x......... X-----x.......x. ......x-......x- X---....x-x.....",
            voicing="rootless",
            push=12,
            legato=0.75,
        ),
        line(
            "off beats",
            2,
            "..x...x.....x... ......x.......x. ..x-......x-.... x.....x---..x.x-"
            " ....x.....x.......x.......x.....",
            voicing="rootless",
            push=12,
            legato=0.6,
        ),
        line(
            "four",
            1.5,
            "X---x---X---x--- x---X---x---X---",
            voicing="shell",
            legato=0.7,
            loud=-10,
            centre=56,
            fixed=True,
        ),
        line(
            "stride",
            0.8,
            "L---U---L---U--- L---U---L---U-U-",
            voicing="seventh",
            legato=0.8,
            centre=58,
            fixed=True,
        ),
        line(
            "long",
            1.2,
            "X--------------- X-------..x----- ......X---------",
            voicing="rootless",
            push=12,
            legato=1.0,
            loud=-4,
        ),
    ),
    harmony=HarmonyPlan({"keep": 3, "slow": 2}, 0.5, "sevenths", turns=0.45, dark=0.3),
    lead=LeadPlan(push=0.5, push_ticks=12, thin=(0.0, 0.35), centre=70, loudness=90),
    counters={"none": 3.5, "answers": 2, "stabs": 1.2, "line": 1},
    late={"R": -2, "S": 2},
    jitter=4,
    loudness=-8,
    crash=0.3,
    programs={"lead": 66, "counter": 60, "chords": 0, "bass": 32},
)

STYLES = (SWING,)

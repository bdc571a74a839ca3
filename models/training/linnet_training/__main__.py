"""`python -m linnet_training {prepare,train,export,evaluate,all} --data FOLDER --out FOLDER`."""

import sys

from .cli import main

sys.exit(main())

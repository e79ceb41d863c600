"""
WHAT RUNS BESIDE LEARNER CODE, in a guest of the sandbox. Nothing here is trusted once a cell has
run.

    loop        answers the trusted side's questions, one at a time
    shell       runs cells as Jupyter would, without a kernel and without files
    ipython, outputs, faults, comms
                IPython for it, what cells show, why they stop, and widgets

Needs the standard library and IPython only: a guest sees no file of the course.
"""

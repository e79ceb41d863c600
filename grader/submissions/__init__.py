"""
WHAT LEARNERS HAND IN, MADE SOUND: whatever file comes in, a notebook of the key's cells goes on.

    own_files   which files are the learner's own: no link is followed
    folder      what lies beside the notebooks, when it came, what must not be copied
    discovery   which file is which notebook
    parsing     reads a file patiently, or says in one sentence why it cannot be read
    key         the cells of the release, from the gradebook, as plain data
    restore     puts the key's cells back into a notebook; `matching` tells which cell is which,
                `ordering` where each belongs
    load        all of that for one file: a sound notebook, or what stands in for it
    timestamps  when a folder was handed in

Nothing that a learner wrote into metadata is believed.
"""

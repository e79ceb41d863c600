"""
What the widgets know of a running kernel: the session, hooks into IPython, the recorder of loops.
"""

from grader.door import guard

c = get_config()  # noqa: F821 - nbgrader gives it
guard(c)

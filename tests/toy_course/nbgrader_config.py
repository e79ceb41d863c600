from grader.course.config import enable

c = get_config()  # noqa: F821 - nbgrader gives it
enable(c)

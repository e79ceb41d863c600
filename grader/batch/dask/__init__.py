"""
GRADING ON A DASK CLUSTER: workers on other machines instead of threads on this one.

    client      the side that grades a class: hands out requests, and says who is lost
    worker      what runs on each machine
    connection  how the scheduler is reached
"""

"""Many machines: the leading scheduler defers jobs, and workers on any number of machines do them (Procrastinate).

`engine` is how both reach the tables of jobs, `line` is the scheduler's side, `worker` the workers'. Due times
live with the sources, never in a job: a job says which host to poll, and who does it asks the store what is due there.
"""

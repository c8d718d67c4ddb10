"""Polling: the shell that fetches, understands and stores, for many sources at once.

`poller.Poller` shares the work out, `visit` polls one source, `reach` tells whether it
or our own network is down, `apart` parses in processes of their own.
"""

"""The sample council: an invented one, made by calling the services, the same for the same date.

It is the only caller that sets the clock and the only one that makes chance repeat itself.
"""

"""The rules of movement: who may move what, from which state to which, under which conditions."""

"""Asks a real Fauna and local_fauna the same random questions, and tells where their answers differ.

__main__      the command
stories       what a story is: a generator of questions, which is sent the answers
teller        what a story knows from the answers so far, and the unusual values that it asks with
topics        one module for each topic: how a story of it goes
servers       the reference server, and how time passes there
side_by_side  one story told to both servers, up to its first difference
comparison    many stories, and what was counted
"""

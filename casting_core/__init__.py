"""Casting Inspector's core: is this cast part sound, where and why not, and how sure is that?"""

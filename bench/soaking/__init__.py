"""Thousands of clients that connect to `howdah proxy`, work and vanish: does it stay as small as it was, and does everybody get his own answers?"""

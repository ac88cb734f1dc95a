"""Every process of a cluster is killed at once: how much of what was acknowledged does the repository not have?"""

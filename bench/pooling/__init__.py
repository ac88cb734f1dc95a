"""`howdah proxy` and PgBouncer in front of the same PostgreSQL: throughput, latency, CPU per query.

The two run at once, each on one thread, and are measured in pairs, so that both meet the same machine.
"""

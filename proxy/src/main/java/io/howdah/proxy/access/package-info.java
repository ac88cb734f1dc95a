/// Who may come in, from where, and how he has to prove himself: PostgreSQL's `pg_hba.conf` rules,
/// applied to the client's own address, which the servers behind the proxy never see. Pure.
@NullMarked
package io.howdah.proxy.access;

import org.jspecify.annotations.NullMarked;

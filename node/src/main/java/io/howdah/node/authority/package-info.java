/// Who is who: the cluster's own certificate authority, the certificates of its nodes and of its
/// operators, and bearer tokens. A node's [io.howdah.node.authority.KeyMaterial] hands out plain
/// JDK key and trust managers that follow the files on the disk, so that a certificate is renewed
/// without a restart. Only [io.howdah.node.authority.CertificateAuthority] makes certificates.
@NullMarked
package io.howdah.node.authority;

import org.jspecify.annotations.NullMarked;

package io.howdah.cluster.member;

import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Which certificate a server shows at this moment.
final class ShownCertificate {

    private ShownCertificate() {}

    /// Its serial number; zero when there was no handshake.
    static BigInteger of(TestMember member, SSLContext context) {
        if (!(member.byTcp("x", TestMember.APP).address()
                instanceof io.howdah.postgres.wire.ServerAddress.Tcp address)) {
            throw new IllegalStateException();
        }
        try (Socket plain = new Socket(address.host(), address.port())) {
            DataOutputStream request = new DataOutputStream(plain.getOutputStream());
            request.writeInt(8);
            request.writeInt(80877103);
            if (plain.getInputStream().read() == 'S'
                    && context.getSocketFactory()
                                    .createSocket(plain, address.host(), address.port(), true)
                            instanceof SSLSocket encrypted) {
                encrypted.startHandshake();
                if (encrypted.getSession().getPeerCertificates()[0]
                        instanceof X509Certificate shown) {
                    return shown.getSerialNumber();
                }
            }
            return BigInteger.ZERO;
        } catch (IOException e) {
            return BigInteger.ZERO;
        }
    }
}

// Makes a certificate authority and a certificate for the names on standard input (JSON: { "names": ["*.example.test"] }),
// and prints { ca, certificate, key } in PEM form. Plain Node, so that it runs wherever the program does.
import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { text } from "node:stream/consumers";

import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const { names } = JSON.parse(await text(process.stdin));
const notBefore = new Date(Date.now() - DAY);

const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=strata local authority",
    notBefore,
    notAfter: new Date(notBefore.getTime() + 10 * 365 * DAY),
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
});

const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: authority.subject,
    notBefore,
    // Clients refuse certificates that are valid for longer: https://support.apple.com/en-us/103769
    notAfter: new Date(notBefore.getTime() + 820 * DAY),
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
        await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
});
const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
process.stdout.write(JSON.stringify({ ca: authority.toString("pem"), certificate: certificate.toString("pem"), key }));

// The environment's own certificates, in PEM form on standard output. Plain Node, so that it runs wherever the program does.
//
//   node certificates.mjs authority    prints { certificate, key, ends }
//   node certificates.mjs certificate  reads { names, authority: { certificate, key } }, prints the same three
//   node certificates.mjs peers        reads { names }, prints the same three: for parts of one program, which trust it and nothing else
import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { text } from "node:stream/consumers";

import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 10 * 365;
// Clients refuse certificates that are valid for longer: https://support.apple.com/en-us/103769
const CERTIFICATE_DAYS = 820;

// One day in the past, because clients' clocks differ.
const notBefore = new Date(Date.now() - DAY);
const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

async function makeAuthority() {
    return x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=strata local authority",
        notBefore,
        notAfter: new Date(notBefore.getTime() + AUTHORITY_DAYS * DAY),
        keys,
        signingAlgorithm: ALGORITHM,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
}

async function makeCertificate({ names, authority }) {
    const issuer = new x509.X509Certificate(authority.certificate);
    const signingKey = await webcrypto.subtle.importKey(
        "pkcs8",
        x509.PemConverter.decodeFirst(authority.key),
        ALGORITHM,
        false,
        ["sign"],
    );
    const ends = Math.min(notBefore.getTime() + CERTIFICATE_DAYS * DAY, issuer.notAfter.getTime());
    return x509.X509CertificateGenerator.create({
        subject: `CN=${names[0]}`,
        issuer: issuer.subject,
        notBefore,
        notAfter: new Date(ends),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
            new x509.BasicConstraintsExtension(false),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
            await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
    });
}

async function makePeers({ names }) {
    return x509.X509CertificateGenerator.createSelfSigned({
        name: `CN=${names[0]}`,
        notBefore,
        notAfter: new Date(notBefore.getTime() + AUTHORITY_DAYS * DAY),
        keys,
        signingAlgorithm: ALGORITHM,
        extensions: [
            new x509.BasicConstraintsExtension(false),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
            new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
        ],
    });
}

const MAKERS = { authority: makeAuthority, certificate: makeCertificate, peers: makePeers };
const [, , what] = process.argv;
const made = await MAKERS[what](what === "authority" ? undefined : JSON.parse(await text(process.stdin)));
process.stdout.write(
    JSON.stringify({
        certificate: made.toString("pem"),
        key: x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"),
        ends: made.notAfter.toISOString(),
    }),
);

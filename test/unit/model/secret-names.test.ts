import { namesSecret } from "../../../model/secret-names";

test.each([
    ...["DB_PASSWORD", "PGPASSWORD", "SESSION_JWT", "SECRET_KEY_BASE", "--client-secret", "aws.secret.access.key"],
    ...[
        "DB_PW",
        "PASSWORD1",
        "API_KEY_2",
        "DB_PASSWORD_PROD",
        "DB_PASSWORD_PROD_2",
        "PRIVATE_KEY_PEM",
        "TLS_KEY_BASE64",
    ],
    ...["AUTHORIZATION", "PROXY_AUTHORIZATION", "BASIC_AUTH", "apiToken", "secretKey", "--dbPassword"],
])("%s announces a secret", (name) => expect(namesSecret(name)).toBe(true));

test.each([
    ...["PORT", "KEYCLOAK_URL", "TOKEN_TTL", "POSTGRES_PASSWORD_FILE", "MONKEY", "keyCloakUrl", "TURKEY_1", "HTTP2"],
    ...[
        "JWT_PUBLIC_KEY",
        "PUBLIC_KEY_PEM",
        "publicKey",
        "PASSWORD_MIN_LENGTH",
        "KEY_PREFIX",
        "ENABLE_AUTH",
        "AUTH_URL",
    ],
    ...[
        "NODE_ENV",
        "LOG_LEVEL",
        "BYPASS",
        "COMPASS_2",
        "S3",
        "APP_PROD",
        "--key-file",
        "TOKEN_ENDPOINT",
        "passThrough",
    ],
])("%s announces none", (name) => expect(namesSecret(name)).toBe(false));

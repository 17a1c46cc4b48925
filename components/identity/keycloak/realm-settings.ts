/**
 * The settings of every realm of strata. All fields are written, because a preview shows no drift in a field that is not
 * written.
 */

import type * as keycloak from "@pulumi/keycloak";

import type { Realm } from "../../../model/identity/realm";
import { goDuration } from "../../hardening/units";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lifetimes in seconds. A removed role works until the access token expires. */
export const LIFETIME = {
    accessToken: 5 * MINUTE,
    sessionIdle: 30 * MINUTE,
    sessionMax: 10 * HOUR,
    offlineIdle: 30 * DAY,
    offlineMax: 60 * DAY,
} as const;

/**
 * At least twelve characters, without the person's user name and e-mail address: NIST SP 800-63B asks for length, not for
 * composition.
 */
const PASSWORD_POLICY =
    "length(12) and maxLength(128) and notUsername(undefined) and notEmail(undefined) and passwordHistory(5)";

/**
 * Arguments of the realm. Fields such as `bruteForceStrategy`, `otpPolicy.codeReusable` and `organizationsEnabled` are left
 * out: the older provider refuses keys that it does not know (offline/plugins/keycloak/differences.txt).
 */
export function realmSettings({ name }: Realm): keycloak.RealmArgs {
    return {
        realm: name,
        enabled: true,
        displayName: name,
        displayNameHtml: name,
        userManagedAccess: false,
        registrationAllowed: false,
        registrationEmailAsUsername: false,
        editUsernameAllowed: false,
        // Both need a mail server, which strata's realms do not have yet.
        resetPasswordAllowed: false,
        verifyEmail: false,
        rememberMe: false,
        loginWithEmailAllowed: true,
        duplicateEmailsAllowed: false,
        // Addresses of the zone may use plain HTTP: TLS ends at the edge.
        sslRequired: "external",
        loginTheme: "keycloak.v2",
        accountTheme: "keycloak.v3",
        adminTheme: "keycloak.v2",
        emailTheme: "keycloak",
        defaultSignatureAlgorithm: "RS256",
        // Two requests of one browser may refresh at the same time. With single-use tokens, one of them would log the
        // person out.
        revokeRefreshToken: false,
        refreshTokenMaxReuse: 0,
        accessTokenLifespan: goDuration(LIFETIME.accessToken),
        accessTokenLifespanForImplicitFlow: goDuration(LIFETIME.accessToken),
        ssoSessionIdleTimeout: goDuration(LIFETIME.sessionIdle),
        ssoSessionMaxLifespan: goDuration(LIFETIME.sessionMax),
        ssoSessionIdleTimeoutRememberMe: goDuration(0),
        ssoSessionMaxLifespanRememberMe: goDuration(0),
        offlineSessionIdleTimeout: goDuration(LIFETIME.offlineIdle),
        offlineSessionMaxLifespan: goDuration(LIFETIME.offlineMax),
        offlineSessionMaxLifespanEnabled: true,
        // Zero: the same as the session.
        clientSessionIdleTimeout: goDuration(0),
        clientSessionMaxLifespan: goDuration(0),
        accessCodeLifespan: goDuration(MINUTE),
        accessCodeLifespanLogin: goDuration(30 * MINUTE),
        accessCodeLifespanUserAction: goDuration(5 * MINUTE),
        actionTokenGeneratedByUserLifespan: goDuration(5 * MINUTE),
        actionTokenGeneratedByAdminLifespan: goDuration(12 * HOUR),
        oauth2DeviceCodeLifespan: goDuration(10 * MINUTE),
        oauth2DevicePollingInterval: 5,
        passwordPolicy: PASSWORD_POLICY,
        otpPolicy: {
            type: "totp",
            algorithm: "HmacSHA1",
            digits: 6,
            period: 30,
            lookAheadWindow: 1,
            initialCounter: 0,
        },
        securityDefenses: {
            headers: {
                xFrameOptions: "SAMEORIGIN",
                contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
                contentSecurityPolicyReportOnly: "",
                xContentTypeOptions: "nosniff",
                xRobotsTag: "none",
                xXssProtection: "1; mode=block",
                strictTransportSecurity: "max-age=31536000; includeSubDomains",
                referrerPolicy: "no-referrer",
            },
            bruteForceDetection: {
                permanentLockout: false,
                maxLoginFailures: 10,
                waitIncrementSeconds: MINUTE,
                maxFailureWaitSeconds: 15 * MINUTE,
                failureResetTimeSeconds: 12 * HOUR,
                quickLoginCheckMilliSeconds: 1000,
                minimumQuickLoginWaitSeconds: MINUTE,
            },
        },
    };
}

/**
 * Events that are stored for {@link EVENTS_EXPIRATION} and written to the log: logins, refused logins, and changes that
 * people made.
 */
export const EVENT_TYPES = [
    "CLIENT_LOGIN",
    "CLIENT_LOGIN_ERROR",
    "CODE_TO_TOKEN",
    "CODE_TO_TOKEN_ERROR",
    "LOGIN",
    "LOGIN_ERROR",
    "LOGOUT",
    "LOGOUT_ERROR",
    "REFRESH_TOKEN_ERROR",
    "REMOVE_CREDENTIAL",
    "REMOVE_CREDENTIAL_ERROR",
    "RESET_PASSWORD",
    "RESET_PASSWORD_ERROR",
    "UPDATE_CREDENTIAL",
    "UPDATE_CREDENTIAL_ERROR",
    "UPDATE_EMAIL",
    "UPDATE_PROFILE",
    "USER_DISABLED_BY_PERMANENT_LOCKOUT",
    "USER_DISABLED_BY_TEMPORARY_LOCKOUT",
] as const;

/** How long events are stored, in seconds. */
export const EVENTS_EXPIRATION = 90 * DAY;

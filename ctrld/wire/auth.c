// SPDX-License-Identifier: GPL-2.0
/*
 * Authentication data of Map-Register, Map-Notify, Map-Notify-Ack (RFC 9301
 * 5.6, 5.7, 12.5) and of Info messages, which have the same four fields.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "auth.h"
#include "codec.h"
#include "record.h"

#define NONCE_AT	4
#define NONCE_LEN	8
#define AUTH_AT		12	/* Key ID, Algorithm ID, length */
#define MAC_AT		16

struct alg {
	const char *name, *digest;
	unsigned int full, truncated;
	bool kdf;
};

/* Lengths: the names say 96 and 128 bits, deployed systems send all octets. */
static const struct alg algs[] = {
	[LISP_AUTH_NONE] = { .name = "none" },
	[LISP_AUTH_SHA1_96] = { "sha1", "SHA1", 20, 12, false },
	[LISP_AUTH_SHA256_128] = { "sha256", "SHA256", 32, 16, false },
	[LISP_AUTH_SHA256_HKDF] = { "sha256-hkdf", "SHA256", 32, 16, true },
};

static const struct alg *alg_of(unsigned int id)
{
	if (id == LISP_AUTH_NONE || id >= sizeof(algs) / sizeof(algs[0]))
		return NULL;
	return &algs[id];
}

const char *lisp_auth_alg_str(unsigned int id)
{
	return id < sizeof(algs) / sizeof(algs[0]) ? algs[id].name : "unknown";
}

int lisp_auth_alg_parse(const char *s)
{
	int i;

	for (i = LISP_AUTH_SHA1_96; i <= LISP_AUTH_SHA256_HKDF; i++) {
		if (!strcmp(s, algs[i].name))
			return i;
	}
	return -EINVAL;
}

unsigned int lisp_auth_len(const struct lisp_key *key)
{
	const struct alg *alg = alg_of(key->alg_id);

	if (!alg)
		return 0;
	return key->mac_len ? key->mac_len : alg->full;
}

static bool mac_len_ok(const struct alg *alg, size_t len)
{
	return len == alg->full || len == alg->truncated;
}

/* The salt "s" of RFC 9301 5.6 item 4. Info messages have none. */
static const char *salt_of(unsigned int type)
{
	switch (type) {
	case LISP_MAP_REGISTER:
		return "Map-Register Authentication";
	case LISP_MAP_NOTIFY:
		return "Map-Notify Authentication";
	case LISP_MAP_NOTIFY_ACK:
		return "Map-Notify-Ack Authentication";
	default:
		return NULL;
	}
}

/* RFC 5869; info empty. */
static int hkdf(const uint8_t *ikm, size_t ikm_len, const char *salt,
		uint8_t *out, size_t out_len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						 digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
						  (void *)ikm, ikm_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
						  (void *)salt, strlen(salt)),
		OSSL_PARAM_construct_end(),
	};
	int ok = ctx && EVP_KDF_derive(ctx, out, out_len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : -EIO;
}

/* per-msg-key = KDF(nonce + PSK[Key ID], s), RFC 9301 5.6 item 4 */
static int derive(const uint8_t *buf, const struct lisp_key *key,
		  uint8_t out[32])
{
	const char *salt = salt_of(buf[0] >> 4);
	uint8_t *ikm;
	int err;

	if (!salt)
		return -EINVAL;
	ikm = OPENSSL_malloc(NONCE_LEN + key->len);
	if (!ikm)
		return -EIO;
	memcpy(ikm, buf + NONCE_AT, NONCE_LEN);
	memcpy(ikm + NONCE_LEN, key->secret, key->len);
	err = hkdf(ikm, NONCE_LEN + key->len, salt, out, 32);
	OPENSSL_clear_free(ikm, NONCE_LEN + key->len);
	return err;
}

/* HMAC over @buf[0..end) with @mac_len octets of authentication data zero. */
static int hmac(const uint8_t *buf, size_t end, size_t mac_len,
		const struct alg *alg, const uint8_t *k, size_t k_len,
		uint8_t out[EVP_MAX_MD_SIZE])
{
	static const uint8_t zero[LISP_AUTH_LEN_MAX];
	char digest[8];
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_end(),
				 OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t n = 0;
	int ok;

	strcpy(digest, alg->digest);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						     digest, 0);
	ok = ctx && EVP_MAC_init(ctx, k, k_len, params) == 1 &&
	     EVP_MAC_update(ctx, buf, MAC_AT) == 1 &&
	     EVP_MAC_update(ctx, zero, mac_len) == 1 &&
	     EVP_MAC_update(ctx, buf + MAC_AT + mac_len,
			    end - MAC_AT - mac_len) == 1 &&
	     EVP_MAC_final(ctx, out, &n, EVP_MAX_MD_SIZE) == 1 &&
	     n == alg->full;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return ok ? 0 : -EIO;
}

static int compute(const uint8_t *buf, size_t end, size_t mac_len,
		   const struct lisp_key *key, uint8_t out[EVP_MAX_MD_SIZE])
{
	const struct alg *alg = alg_of(key->alg_id);
	uint8_t derived[32];
	int err;

	if (!alg->kdf)
		return hmac(buf, end, mac_len, alg, key->secret, key->len, out);
	err = derive(buf, key, derived);
	if (!err)
		err = hmac(buf, end, mac_len, alg, derived, sizeof(derived),
			   out);
	OPENSSL_cleanse(derived, sizeof(derived));
	return err;
}

/* Where coverage ends: after the last record (RFC 9301 5.6 item 5). */
static int coverage(const uint8_t *buf, size_t len, size_t *end)
{
	unsigned int type = len ? buf[0] >> 4 : 0, i;
	struct lisp_rd r = rd_init(buf, len);
	uint8_t key_id, alg_id;
	uint16_t mac_len;

	*end = len;
	rd_bytes(&r, AUTH_AT);
	rd_auth(&r, &key_id, &alg_id, &mac_len);
	if (r.err || type == LISP_INFO)
		return r.err;
	if (!salt_of(type))
		return -EBADMSG;
	for (i = 0; i < buf[3] && !r.err; i++)
		rd_record(&r, NULL, LISP_RECORD_REPLY);
	*end = (size_t)(r.p - buf);
	return r.err;
}

int lisp_auth_sign(uint8_t *buf, size_t len, const struct lisp_key *key)
{
	const struct alg *alg = alg_of(key->alg_id);
	unsigned int mac_len = lisp_auth_len(key);
	uint8_t mac[EVP_MAX_MD_SIZE];
	size_t end;
	int err;

	if (!alg || !mac_len_ok(alg, mac_len) || !key->len ||
	    coverage(buf, len, &end))
		return -EINVAL;
	if (buf[AUTH_AT] != key->key_id || buf[AUTH_AT + 1] != key->alg_id ||
	    (unsigned int)(buf[AUTH_AT + 2] << 8 | buf[AUTH_AT + 3]) != mac_len)
		return -EINVAL;
	err = compute(buf, end, mac_len, key, mac);
	if (err)
		return err;
	memcpy(buf + MAC_AT, mac, mac_len);
	return 0;
}

int lisp_auth_verify(const uint8_t *buf, size_t len,
		     const struct lisp_key *key)
{
	const struct alg *alg = alg_of(key->alg_id);
	uint8_t mac[EVP_MAX_MD_SIZE];
	size_t end, mac_len;
	int err;

	if (coverage(buf, len, &end))
		return -EBADMSG;
	if (!alg || buf[AUTH_AT + 1] != key->alg_id || !key->len)
		return -EINVAL;
	mac_len = (size_t)(buf[AUTH_AT + 2] << 8 | buf[AUTH_AT + 3]);
	if (!mac_len_ok(alg, mac_len))
		return -EBADMSG;
	for (;;) {
		err = compute(buf, end, mac_len, key, mac);
		if (err)
			return err == -EINVAL ? err : -EKEYREJECTED;
		if (!CRYPTO_memcmp(mac, buf + MAC_AT, mac_len))
			return 0;
		if (end == len)
			return -EKEYREJECTED;
		end = len;	/* some cover the trailer as well */
	}
}

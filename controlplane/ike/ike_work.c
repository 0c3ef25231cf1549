/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_work.h"

#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/crypto/pki_pkcs7.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ike_work *ike_work_create(struct ike_engine *engine, struct ike_sa *sa,
				 const struct ike_path *path, const void *data, size_t len)
{
	struct ike_work *work = calloc(1, sizeof(*work) + len);

	if (!work)
		return NULL;
	work->engine = engine;
	work->sa = sa;
	work->path = *path;
	work->len = len;
	if (len)
		memcpy(work->raw, data, len);
	return work;
}

void ike_work_destroy(struct ike_work *work)
{
	prim_dh_destroy(work->dh.dh);
	pki_put(work->cert.pki);
	pki_file_free(&work->cert.unwrapped);
	free(work->record);
	secret_wipe_bytes(work, sizeof(*work) + work->len);
	free(work);
}

void ike_work_detach(struct ike_work *work)
{
	work->txn = NULL;
	work->sa = NULL;
}

static void run_dh(struct ike_dh_job *job)
{
	job->rc = 0;
	if (!job->dh)
		job->dh = prim_dh_create(job->group);
	if (!job->dh)
		job->rc = -EIO;
	else if (job->peer)
		job->rc = prim_dh_derive(job->dh, job->peer, job->peer_len, job->shared,
					 &job->shared_len);
}

static enum pki_verdict unwrap(struct ike_cert_job *job)
{
	struct pki_check *check = &job->check;
	const struct pki_ders *certs = &job->unwrapped;
	int rc = 0;

	if (job->wrapped.len)
		rc = pki_pkcs7_certs(job->wrapped.data, job->wrapped.len, &job->unwrapped);
	if (rc)
		return rc == -ENOMEM ? PKI_FAILED : PKI_MALFORMED;
	if (check->n_certs + certs->n > PKI_CHAIN_MAX)
		return PKI_MALFORMED;
	for (size_t i = 0; i < certs->n; i++)
		check->certs[check->n_certs++] =
			(struct prim_chunk){certs->ders[i], certs->lens[i]};
	return PKI_GOOD;
}

static void check_cert(struct ike_cert_job *job)
{
	job->verdict = unwrap(job);
	if (job->verdict == PKI_GOOD)
		job->verdict = pki_verify(&job->check, job->subject);
}

static void run_cert(struct ike_cert_job *job)
{
	const struct prim_chunk hash = {job->hash, job->hash_len};

	if (!job->key)
		check_cert(job);
	else
		job->rc = pki_key_sign(job->key, hash, job->signature, &job->signature_len);
}

static void run_job(void *arg)
{
	struct ike_work *work = arg;

	if (work->cert.ordered)
		run_cert(&work->cert);
	else
		run_dh(&work->dh);
}

static void go_on(struct ike_work *work)
{
	struct ike_cert_job *cert = &work->cert;

	if (cert->ordered) {
		cert->ordered = false;
		cert->checked |= !cert->key;
		cert->made |= cert->key != NULL;
	} else if (work->dh.home) {
		*work->dh.home = work->dh.dh;
		work->dh.dh = NULL;
	}
	work->next(work);
}

static void job_done(void *arg)
{
	struct ike_work *work = arg;
	struct ike_engine *engine = work->engine;

	if (engine)
		LIST_REMOVE(work, link);
	if (!work->txn) {
		ike_work_destroy(work);
		return;
	}
	work->txn->work = NULL;
	go_on(work);
	ike_engine_reap(engine);
}

void ike_work_run(struct ike_work *work)
{
	const struct ike_env *env = &work->engine->env;

	if (!work->cert.ordered && !work->dh.group) {
		work->next(work);
		return;
	}
	if (!work->cert.ordered) {
		work->dh.dh = *work->dh.home;
		*work->dh.home = NULL;
	}
	work->txn->work = work;
	LIST_INSERT_HEAD(&work->engine->works, work, link);
	if (env->job(env->ctx, run_job, job_done, work) == 0)
		return;
	LIST_REMOVE(work, link);
	work->txn->work = NULL;
	run_job(work);
	go_on(work);
}

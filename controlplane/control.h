/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control plane as a whole: its parts and how they are joined. main() makes one with a loop
 * and a mapped plane; tests make one with rings of their own. Everything runs on the loop's
 * thread.
 */
#pragma once

#include "controlplane/aaa.h"
#include "controlplane/access.h"
#include "controlplane/account_book.h"
#include "controlplane/acquire.h"
#include "controlplane/apply.h"
#include "controlplane/box_watch.h"
#include "controlplane/captures.h"
#include "controlplane/debug_log.h"
#include "controlplane/diagnose_watch.h"
#include "controlplane/dynamic.h"
#include "controlplane/evidence_book.h"
#include "controlplane/evidence_drops.h"
#include "controlplane/evidence_samples.h"
#include "controlplane/ike/ike.h"
#include "controlplane/log_file.h"
#include "controlplane/loop.h"
#include "controlplane/orphans.h"
#include "controlplane/pki_store.h"
#include "controlplane/plane_client.h"
#include "controlplane/pools.h"
#include "controlplane/probes.h"
#include "controlplane/proofs.h"
#include "controlplane/qos_meter.h"
#include "controlplane/reverse_routes.h"
#include "controlplane/rollback.h"
#include "controlplane/routes.h"
#include "controlplane/sa_store.h"
#include "controlplane/sessions.h"
#include "controlplane/size_watch.h"
#include "controlplane/slots.h"
#include "controlplane/trial.h"
#include "controlplane/tunnels.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct api_server;
struct path_test;
struct peer_test;

/* What this program is made of; the texts outlive the control plane. */
struct control_versions {
	const char *version;
	const char *git;
	const char *built;
	const char *dpdk;
	const char *ipsec_mb;
	const char *openssl;
};

struct control {
	struct loop *loop;   /* the caller's */
	struct plane *plane; /* the caller's */
	uint64_t (*now_ms)(void);
	struct control_versions versions;
	struct config config; /* in force */
	char *startup;	      /* owned, wiped: the text of the configuration file; NULL = none */
	struct rollback rollback;
	struct tunnels_ids ids;
	struct tunnels tunnels; /* derived from config */
	struct id_map qos_counters;
	struct qos qos; /* service policies in force, derived from config and tunnels */
	struct qos_meter qos_meter;
	struct routes routes;	       /* derived from config and links */
	struct reverse_routes reverse; /* of the tunnels that are up */
	struct dynamic dynamic;	       /* tunnels made from dynamic maps */
	struct plane_client *client;
	struct slots *slots;
	struct sa_store store;
	struct orphans orphans;
	struct proofs proofs; /* what peers have proved to be */
	struct pki_store pki; /* trustpoints in force, and their files */
	/* remote access clients: remote_access.h */
	struct sessions sessions;
	struct pools pools;
	struct aaa aaa;
	struct account_book book;
	struct access access; /* names of the system's users */
	bool accounting_on;   /* the RADIUS servers were told that we are here */
	struct acquire acquire;
	struct probes probes;	     /* of ping and traceroute */
	struct trials trials;	     /* negotiations beside the SAs in use */
	struct peer_test *peer_test; /* owned; under way, or NULL */
	struct path_test *path_test; /* likewise */
	struct captures captures;
	struct log_file log_file;
	struct apply apply;
	/* what diagnoses are made of */
	struct evidence_book evidence;
	struct evidence_drops evidence_drops;
	struct evidence_samples evidence_samples;
	struct diagnose_watch diagnose;
	struct size_watch size_watch;
	struct box_watch box;
	struct ike_engine *engine;
	struct debug_log *log;
	struct api_server *api; /* NULL until main() serves one */
	uint64_t round_ms;	/* next round of lifetimes */
	uint64_t expiry_ms;	/* next look at the lifetimes of SAs */
	uint64_t stop_ms;	/* stopping: not later than this; 0 = running */
	bool routes_dirty;	/* a link went up or down, or something was not sent */
	bool saving;		/* the blob area is in use */
	bool program_dirty;	/* some of the configuration was not sent yet, or was refused */
	uint64_t born_ms;	/* when it was made */
	uint64_t reload_ms;	/* another process takes over then; 0 = none (`reload`) */
	bool reloading;		/* it does: leave without touching anything */
	uint64_t vault_ms;	/* SAs are written for the next process then (vault.h) */
	uint64_t kept_ms;  /* the configuration in force is to be kept then; 0 = it is (kept.h) */
	uint64_t retry_ms; /* what was refused is sent again then */
	uint32_t retry_s;  /* how long that took; 0 = nothing was refused lately */
	uint64_t drops_base[DROP_COUNT];      /* the main thread's when counters were cleared */
	uint64_t ike_base[IKE_COUNTER_COUNT]; /* the engine's, likewise */
};

enum {
	CONTROL_STOP_MS = 1500
};

struct control_params {
	struct loop *loop;
	struct plane *plane;
	struct plane_client_bells bells;
	struct control_versions versions;
	uint64_t (*now_ms)(void);
};

/* Everything but the API. NULL with a logged sentence. */
struct control *control_create(const struct control_params *params);
void control_destroy(struct control *c);
/* The text of the configuration file is this now (copied). 0 or -ENOMEM. */
int must_check control_set_startup(struct control *c, const char *text, size_t len);
/*
 * Takes the first configuration over (its members move) and programs the data plane. 0 or -errno.
 */
int must_check control_start(struct control *c, struct config *config);
/* One turn of the loop: whatever is due. Returns the next time, UINT64_MAX for none. */
uint64_t control_turn(void *control);
/* Says goodbye to every peer; the loop stops when all of it is sent. */
void control_terminate(void *control);
/* A command to culvertd's main thread whose failure is only worth a log line. 0 or -ENOMEM. */
int must_check control_send_main(void *control, struct plane_msg *msg);

/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/esp_library.h"

#include "lib/crypto/secret.h"

#include <dlfcn.h>
#include <stdlib.h>

struct esp_library {
	void *handle;
	size_t (*size)(void);
	IMB_MGR *(*place)(void *memory, uint64_t flags, unsigned reset);
	void (*init)(IMB_MGR *mgr, IMB_ARCH *arch);
	int (*error)(IMB_MGR *mgr);
};

static const struct esp_library linked = {
	.size = imb_get_mb_mgr_size,
	.place = imb_set_pointers_mb_mgr,
	.init = init_mb_mgr_auto,
	.error = imb_get_errno,
};

static bool load(struct esp_library *lib)
{
	Dl_info file;

	/* the same file, wherever it was found */
	if (!dladdr((void *)linked.size, &file))
		return false;
	lib->handle = dlmopen(LM_ID_NEWLM, file.dli_fname, RTLD_NOW | RTLD_LOCAL);
	if (!lib->handle)
		return false;
	lib->size = (size_t(*)(void))dlsym(lib->handle, "imb_get_mb_mgr_size");
	lib->place = (IMB_MGR * (*)(void *, uint64_t, unsigned))
		dlsym(lib->handle, "imb_set_pointers_mb_mgr");
	lib->init = (void (*)(IMB_MGR *, IMB_ARCH *))dlsym(lib->handle, "init_mb_mgr_auto");
	lib->error = (int (*)(IMB_MGR *))dlsym(lib->handle, "imb_get_errno");
	return lib->size && lib->place && lib->init && lib->error;
}

struct esp_library *esp_library_open(void)
{
	struct esp_library *lib = calloc(1, sizeof(*lib));

	if (lib && load(lib))
		return lib;
	esp_library_close(lib);
	return NULL;
}

void esp_library_close(struct esp_library *lib)
{
	if (lib && lib->handle)
		dlclose(lib->handle);
	free(lib);
}

/* In memory of ours: the library's own malloc would be that of its namespace. */
IMB_MGR *esp_library_manager(const struct esp_library *lib)
{
	const struct esp_library *l = lib ? lib : &linked;
	void *memory = aligned_alloc(64, (l->size() + 63) & ~(size_t)63);
	IMB_MGR *mgr = memory ? l->place(memory, 0, 1) : NULL;

	if (mgr) {
		l->init(mgr, NULL);
		if (l->error(mgr) == 0)
			return mgr;
	}
	free(memory);
	return NULL;
}

void esp_library_manager_free(IMB_MGR *mgr)
{
	if (!mgr)
		return;
	secret_wipe_bytes(mgr, imb_get_mb_mgr_size());
	free(mgr);
}

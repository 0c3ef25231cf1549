/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/account_book.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MODE = 0600
};

static const uint64_t mark = 0x63756c7665727401; /* "culvert" and a number */

static int map(struct account_book *book, int fd)
{
	const size_t size = sizeof(struct account_book_page);
	struct stat st;
	void *page;

	/* somebody else's could be changed while we read it */
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return -EPERM;
	if (((size_t)st.st_size != size && ftruncate(fd, 0)) || ftruncate(fd, (off_t)size) ||
	    fchmod(fd, MODE))
		return -errno;
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return -errno;
	book->page = page;
	return 0;
}

/* A record that a crash cut short must not be read beyond its fields. */
static enum account_book_state check(struct radius_request *r)
{
	r->user[sizeof(r->user) - 1] = '\0';
	r->nas[sizeof(r->nas) - 1] = '\0';
	r->password.len = 0;
	return r->kind > RADIUS_STOP || r->class_len > RADIUS_CLASS_MAX ||
			       r->reason >= IKE_REASON_COUNT
		       ? ACCOUNT_BOOK_FREE
		       : ACCOUNT_BOOK_OLD;
}

int account_book_open(struct account_book *book, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE);
	int rc = fd < 0 ? -errno : map(book, fd);
	struct account_book_page *page = book->page;

	if (fd >= 0)
		close(fd);
	if (rc < 0)
		return rc;
	snprintf(book->path, sizeof(book->path), "%s", path);
	if (page->mark != mark || page->size != sizeof(*page))
		memset(page->states, 0, sizeof(page->states));
	page->mark = mark;
	page->size = sizeof(*page);
	for (size_t i = 0; i < ACCOUNT_BOOK_ROWS; i++)
		if (page->states[i])
			page->states[i] = check(&page->rows[i]);
	return 0;
}

void account_book_close(struct account_book *book)
{
	static const uint8_t nothing[ACCOUNT_BOOK_ROWS];

	if (!book->page)
		return;
	if (memcmp(book->page->states, nothing, sizeof(nothing)) == 0)
		unlink(book->path);
	munmap(book->page, sizeof(*book->page));
	book->page = NULL;
}

/* The place of a session, or, with `make`, one for it; ACCOUNT_BOOK_ROWS = none. */
static size_t place(const struct account_book *book, uint64_t session, bool make)
{
	size_t room = ACCOUNT_BOOK_ROWS;

	for (size_t i = 0; book->page && i < ACCOUNT_BOOK_NEAR; i++) {
		size_t at = (session + i) % ACCOUNT_BOOK_ROWS;

		if (book->page->states[at] && book->page->rows[at].session == session)
			return at;
		if (make && !book->page->states[at] && room == ACCOUNT_BOOK_ROWS)
			room = at;
	}
	return room;
}

void account_book_note(struct account_book *book, const struct radius_request *record)
{
	size_t at = place(book, record->session, true);

	if (at == ACCOUNT_BOOK_ROWS)
		return;
	book->page->rows[at] = *record;
	book->page->states[at] = ACCOUNT_BOOK_USED;
}

void account_book_forget(struct account_book *book, uint64_t session)
{
	size_t at = place(book, session, false);

	if (at < ACCOUNT_BOOK_ROWS)
		book->page->states[at] = ACCOUNT_BOOK_FREE;
}

const struct radius_request *account_book_next_old(struct account_book *book, size_t *at)
{
	for (; book->page && *at < ACCOUNT_BOOK_ROWS; (*at)++) {
		if (book->page->states[*at] != ACCOUNT_BOOK_OLD)
			continue;
		book->page->states[*at] = ACCOUNT_BOOK_USED;
		return &book->page->rows[*at];
	}
	return NULL;
}

/* app.c: a program of two parts, each with a kv of its own. */
int one(void);
int two(void);

int main(void) { return one() || two(); }

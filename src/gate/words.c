/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people are told, in three languages: what to do, never what is wrong with them. Each text
 * has a key, by which a recording or a picture is found.
 */
#include "gate/inside.h"

#include <string.h>

/* X(key, kk, ru, en) */
#define WORDS_LIST(X)                                                                            \
	X("ready", "Картаңызды немесе рұқсатнамаңызды көрсетіңіз", "Покажите карту или пропуск", \
	  "Show your card or pass")                                                              \
	X("look-here", "Камераға қараңыз", "Посмотрите в камеру", "Look into the camera")        \
	X("closer", "Жақынырақ келіңіз", "Подойдите ближе", "Come a little closer")              \
	X("back", "Сәл артқа шегініңіз", "Отойдите чуть назад", "Step back a little")            \
	X("light", "Жарыққа бұрылыңыз", "Повернитесь к свету", "Turn towards the light")         \
	X("still", "Бір сәт қозғалмай тұрыңыз", "Постойте спокойно секунду",                     \
	  "Stand still for a moment")                                                            \
	X("uncover", "Бетіңізді ашыңыз", "Откройте лицо", "Uncover your face, please")           \
	X("one", "Бір-бірден келіңіз", "Подходите по одному", "One at a time, please")           \
	X("turn-left", "Басыңызды сәл солға бұрыңыз", "Поверните голову чуть влево",             \
	  "Turn your head a little to your left")                                                \
	X("turn-right", "Басыңызды сәл оңға бұрыңыз", "Поверните голову чуть вправо",            \
	  "Turn your head a little to your right")                                               \
	X("turn-up", "Сәл жоғары қараңыз", "Посмотрите чуть вверх", "Look up a little")          \
	X("pin", "Кодыңызды теріп, # басыңыз", "Введите код и нажмите #",                        \
	  "Type your code, then #")                                                              \
	X("go", "Кіріңіз", "Проходите", "Come in")                                               \
	X("coming", "Бір сәт күтіңіз, сізге көмектеседі", "Минутку, к вам сейчас подойдут",      \
	  "One moment, somebody is coming to help")                                              \
	X("ticket", "Кодты телефонмен суретке түсіріп алыңыз",                                   \
	  "Сфотографируйте код: это ваша квитанция", "Photograph the code: it is your receipt")  \
	X("fire", "Шығу ашық", "Выход открыт", "The way out is open")

static const struct {
	const char *key, *text[3];
} words[] = {
#define X(key, kk, ru, en) {key, {kk, ru, en}},
    WORDS_LIST(X)
#undef X
};

static size_t language_of(const char *language)
{
	return strcmp(language, "kk") == 0 ? 0 : strcmp(language, "ru") == 0 ? 1 : 2;
}

const char *words_of(const char *language, const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].text[language_of(language)];
	return "";
}

void tell(struct gate *g, const char *key)
{
	if (g->told && strcmp(g->told, key) == 0)
		return;
	g->told = key;
	if (g->options.tell)
		g->options.tell(g->options.self, key,
				words_of(settings_text(g->settings, "gate.language"), key));
}

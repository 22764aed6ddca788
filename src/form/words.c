/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on a consent form, in the languages of the notices. */
#include "form/words.h"

#include <string.h>

/* Longer than a line. */
static const char calibration_kk[] =
    "calibration (калибрлеу): ешкім басқа біреу деп қабылданбауы үшін осындағы "
    "бет-әлпеттердің бір-біріне қаншалықты ұқсас екенін өлшеу.";
static const char calibration_ru[] =
    "calibration (калибровка): измерять, насколько похожи лица в этом месте, чтобы "
    "никого не приняли за другого.";
static const char calibration_en[] =
    "calibration: to measure how alike faces are at this place, so that nobody is "
    "taken for another.";

/* Purposes in the order of their bits: access, attendance, visit, identity, calibration. */
static const struct form_words words[] = {
    {.language = "kk",
     .title = "Бет-әлпет бойынша тануға келісім",
     .controller = "Деректерге жауапты",
     .person = "Кім туралы",
     .born = "Туған күні",
     .signer = "Кім қол қояды",
     .until = "Қашанға дейін",
     .due = "Тапсыру мерзімі",
     .storage = "Сандар қайда",
     .kept = "Тексерулер тізімі",
     .notice = "Хабарлама",
     .self = "жоғарыда аталған адамның өзі",
     .guardian = "ата-анасы немесе заңды өкілі: %s (%s)",
     .until_text = "%s күнін қоса алғанда, немесе кері қайтарып алынғанға дейін",
     .due_text = "%s күніне дейін; кейін тапсырылған қағаз есепке алынбайды",
     .kept_here = "осы жерде, адамның жеке кілтімен шифрланған",
     .on_pass = "тек адамның өз картасында; осы жерде тек кілті сақталады",
     .choose = "Не үшін? Әр жолда бір шаршыны белгілеңіз",
     .yes = "Иә",
     .no = "Жоқ",
     .purpose = {"access (кіру): адамға есік ашу.",
		 "attendance (қатысу): адамның осында болғанын белгілеу.",
		 "visit (келу): адамның қабылдауға келгенін растау.",
		 "identity (жеке басы): құжаттың осы адамдікі екенін растау.", calibration_kk},
     .months = "%d ай",
     .kept_text = "тоқсан аяқталған соң",
     .word = {"кіру", "қатысу", "келу", "жеке басы", "калибрлеу"},
     .statement =
	 "Алдыңғы беттердегі хабарламаны оқыдым немесе маған оқып берді. «Иә» деп "
	 "белгілегенім үшін ғана келісемін, басқа ештеңеге емес. «Жоқ» дегенім үшін ешқандай жаман "
	 "салдар болмайтынын, келісімді кез келген күні себебін айтпай кері қайтарып ала "
	 "алатынымды "
	 "және бет-әлпетсіз, одан кем емес жол әрқашан бар екенін білемін.",
     .document = "Қол қоюшының мекенжайы; жеке куәлігі: нөмірі, кім және қашан берген",
     .sign = "Қолы\tТолық аты-жөні\tКүні",
     .child_sign = "Баланың қолы: менен де сұрады, мен де келісемін\tКүні",
     .code = "Нысан %s",
     .pages = "Барлық беттерін қайтарыңыз. Кодты бүктемеңіз, үстіне жазбаңыз."},
    {.language = "ru",
     .title = "Согласие на узнавание по лицу",
     .controller = "Кто отвечает за данные",
     .person = "О ком",
     .born = "Дата рождения",
     .signer = "Кто подписывает",
     .until = "Действует",
     .due = "Сдать",
     .storage = "Где хранятся числа",
     .kept = "Список проверок",
     .notice = "Уведомление",
     .self = "сам человек, названный выше",
     .guardian = "родитель или законный представитель: %s (%s)",
     .until_text = "по %s включительно или до отзыва",
     .due_text = "до %s; сданное позже не учитывается",
     .kept_here = "в этом месте, зашифрованы личным ключом человека",
     .on_pass = "только на пропуске самого человека; здесь хранится лишь ключ",
     .choose = "Для чего? Отметьте в каждой строке одну клетку",
     .yes = "Да",
     .no = "Нет",
     .purpose = {"access (доступ): открывать человеку дверь.",
		 "attendance (присутствие): отмечать, что человек был здесь.",
		 "visit (посещение): подтверждать, что человек пришёл на приём.",
		 "identity (личность): подтверждать, что документ принадлежит этому человеку.",
		 calibration_ru},
     .months = "%d мес.",
     .kept_text = "после конца квартала",
     .word = {"доступ", "присутствие", "посещение", "личность", "калибровка"},
     .statement =
	 "Я прочёл или прочла уведомление на предыдущих страницах, или мне его прочитали. Я "
	 "соглашаюсь только на то, что отмечено словом «да», и ни на что другое. Я знаю, что за "
	 "отказом ничего плохого не последует, что согласие можно отозвать в любой день без "
	 "объяснения причин и что всегда есть другой путь, без лица, ничем не хуже.",
     .document = "Адрес подписавшего; документ, удостоверяющий личность: номер, кем и когда выдан",
     .sign = "Подпись\tФамилия, имя, отчество\tДата",
     .child_sign = "Подпись ребёнка: меня тоже спросили, и я не против\tДата",
     .code = "Бланк %s",
     .pages = "Верните все страницы. Код не сгибайте и не пишите на нём."},
    {.language = "en",
     .title = "Consent to face recognition",
     .controller = "Who answers for it",
     .person = "About whom",
     .born = "Born",
     .signer = "Who signs",
     .until = "Holds until",
     .due = "Hand in before",
     .storage = "Where the numbers are",
     .kept = "List of checks kept",
     .notice = "Notice",
     .self = "the person named above",
     .guardian = "a parent or guardian: %s (%s)",
     .until_text = "%s, that day included, or until it is withdrawn",
     .due_text = "%s; a paper that comes later does not count",
     .kept_here = "at this place, encrypted under a key of the person",
     .on_pass = "on the person's own pass and nowhere else; this place has the key",
     .choose = "What for? Tick one box in each line",
     .yes = "Yes",
     .no = "No",
     .purpose = {"access: to open the door to the person.",
		 "attendance: to note that the person was here.",
		 "visit: to confirm that the person came to an appointment.",
		 "identity: to confirm that the person is the holder of a document.",
		 calibration_en},
     .months = "%d months",
     .kept_text = "after the end of their quarter",
     .word = {"access", "attendance", "visit", "identity", "calibration"},
     .statement =
	 "I have read the notice on the pages before this one, or it was read to me. I agree to "
	 "what "
	 "I have ticked with yes, and to nothing else. I know that nothing bad follows from a no, "
	 "that consent can be withdrawn on any day and without a reason, and that there is always "
	 "another way without the face, just as good.",
     .document = "Address of who signs; identity document: number, by whom and when issued",
     .sign = "Signature\tName in full\tDate",
     .child_sign = "Signature of the child: I was asked too, and I agree\tDate",
     .code = "Form %s",
     .pages = "Please return all pages. Do not fold the code or write on it."},
};

const struct form_words *form_words(const char *language)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (language && strcmp(words[i].language, language) == 0)
			return &words[i];
	return &words[ARRAY_LEN(words) - 1];
}
